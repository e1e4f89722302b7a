export {};
//# sourceMappingURL=notification-bus.js.map