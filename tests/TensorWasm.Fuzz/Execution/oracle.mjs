// V8's side of the comparison: a line of JSON asks, a line answers.
import { createInterface } from 'node:readline';

const kinds = [
  [/unreachable/, 'unreachable'],
  [/memory access out of bounds|data segment/, 'memory'],
  [/by zero/, 'zero'],
  [/unrepresentable/, 'overflow'],
  [/signature mismatch|null function|dereferencing a null/, 'callee'],
  [/table|element segment/, 'table'],
];

function kindOf(error) {
  if (error instanceof RangeError && /call stack/.test(error.message)) return 'stack';
  if (!(error instanceof WebAssembly.RuntimeError)) return 'other ' + error;
  return 'trap ' + (kinds.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message);
}

function hash(memory) {
  const words = new Int32Array(memory.buffer);
  let value = words.length;
  for (let i = 0; i < words.length; i++) value = Math.imul(value ^ words[i], 0x01000193) + (value >>> 15) | 0;
  return (value >>> 0).toString(16);
}

const view = new DataView(new ArrayBuffer(8));

function show(value) {
  if (typeof value === 'bigint') return 'l:' + value;
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'nan';
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

function argument(text) {
  const value = text.slice(2);
  return text[0] === 'l' ? BigInt(value) : Number(value);
}

function run({ module, calls, memory }) {
  let instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, 'base64')));
  } catch (error) {
    return ['instantiate: ' + kindOf(error)];
  }
  const memories = memory ? Object.values(instance.exports).filter(item => item instanceof WebAssembly.Memory) : [];
  const outcomes = [];
  for (const call of calls) {
    const [name, ...parts] = call.split(' ');
    let outcome;
    try {
      const result = instance.exports[name](...parts.map(argument));
      outcome = result === undefined ? 'ok' : Array.isArray(result) ? result.map(show).join(' ') : show(result);
    } catch (error) {
      outcome = kindOf(error);
    }
    outcomes.push([outcome, ...memories.map(hash)].join(' '));
    if (outcome === 'stack') break;
  }
  return outcomes;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(run(JSON.parse(line))) + '\n');
}
