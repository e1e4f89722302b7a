export {};
//# sourceMappingURL=back-end.js.map