/** Waits for a promise, and not longer than this. @returns undefined where it takes longer; what comes of it then is nobody's */
export async function within(ms, promise) {
    let timer;
    const over = new Promise((resolve) => {
        timer = setTimeout(() => {
            resolve(undefined);
        }, ms);
    });
    try {
        return await Promise.race([promise.then((value) => ({ value })), over]);
    }
    finally {
        clearTimeout(timer);
        promise.catch(() => undefined);
    }
}
//# sourceMappingURL=within.js.map