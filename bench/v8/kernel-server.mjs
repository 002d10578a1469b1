// V8's side of bench/run-kernels.sh: reads one JSON request a line, answers one JSON line.
// {"load": path} compiles and instantiates; {"run": n} calls `run(n)` once and answers its result, wall and CPU milliseconds.
import fs from 'node:fs';
import readline from 'node:readline';

// Milliseconds that this thread has run, by the kernel's account, which is brought up to date at each of its ticks.
const threadTime = () => Number(fs.readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;

let run = null;
for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if ('load' in request) {
        const { instance } = await WebAssembly.instantiate(fs.readFileSync(request.load), {});
        run = instance.exports.run;
        console.log(JSON.stringify({ ok: true, versions: { node: process.versions.node, v8: process.versions.v8 } }));
    } else {
        const cpu = threadTime();
        const start = process.hrtime.bigint();
        const result = run(request.run);
        const ms = Number(process.hrtime.bigint() - start) / 1e6;
        const cpuMs = threadTime() - cpu;
        // The bits, not decimal digits: checksums are compared exactly.
        const bits = new BigUint64Array(new Float64Array([result]).buffer)[0].toString(16);
        console.log(JSON.stringify({ ms, cpuMs, bits }));
    }
}
