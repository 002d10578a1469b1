// What the same calls cost between JavaScript and V8's guests; prints one JSON line of nanoseconds.
// The module is Guests.Calls of the bench project, in the binary format.
const module = Buffer.from(
    'AGFzbQEAAAABDAJgAn9/AX9gAX8BfwIMAQRob3N0A2FkZAAAAwQDAAEBBQMBAAEHIwQGbWVtb3J5AgADYWRkAAEEbG9hZAACCWNh' +
    'bGxfaG9zdAADCi4DBwAgACABagsHACAAKAIACxwBAX8DQCABIAAQACEBIABBAWshACAADQALIAEL' +
    '', 'base64');
const calls = 20_000_000;

function hostToGuest(add) {
    let sum = 0;
    for (let i = 0; i < calls; i++) sum = add(sum, i);
    return sum;
}

function hostToGuestLoad(load) {
    let sum = 0;
    for (let i = 0; i < calls; i++) sum += load(i & 1023);
    return sum;
}

function median(run) {
    const times = [];
    for (let i = 0; i < 9; i++) {
        const start = process.hrtime.bigint();
        run();
        times.push(Number(process.hrtime.bigint() - start) / calls);
    }
    return times.slice(2).sort((a, b) => a - b)[3];
}

const { instance } = await WebAssembly.instantiate(module, { host: { add: (a, b) => (a + b) | 0 } });
const { add, load, call_host: callHost } = instance.exports;
console.log(JSON.stringify({
    hostToGuest: median(() => hostToGuest(add)),
    hostToGuestLoad: median(() => hostToGuestLoad(load)),
    guestToHost: median(() => callHost(calls)),
}));
