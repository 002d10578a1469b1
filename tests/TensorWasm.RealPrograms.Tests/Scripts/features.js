// Runs in QuickJS as a guest and in Node: everything printed must be the same.
const out = [];
const log = (...values) => out.push(values.map(v => (typeof v === 'string' ? v : JSON.stringify(v))).join(' '));

class Shape { constructor(name) { this.name = name; } get label() { return `<${this.name}>`; } static of(n) { return new this(n); } }
class Square extends Shape { #side = 3; area() { return this.#side ** 2; } }
log(Square.of('sq').label, new Square('x').area(), new Square('y') instanceof Shape);

function* count(n) { for (let i = 0; i < n; i++) yield i * i; }
log([...count(5)], Array.from({ length: 3 }, (_, i) => i + 1), [3, 1, 2].sort().reverse());
const { a, ...rest } = { a: 1, b: 2, c: [3, { d: 4 }] };
log(a, rest, rest?.c?.[1]?.d ?? 'none', rest.x?.y ?? 'none');
log('2026-11-21'.replace(/(\d+)-(\d+)-(\d+)/, '$3.$2.$1'), [...'a1b22c333'.matchAll(/[a-z](\d+)/g)].map(m => m[1]));
log('straße'.toUpperCase(), 'ÀÉ'.normalize('NFD').length, '😀'.length, [...'😀é'].length, 'abc'.padStart(5, '*'), 'b'.localeCompare('a'));
log((2n ** 200n).toString(), (123456789012345678901234567890n % 97n).toString(), BigInt.asUintN(8, 300n).toString());
log([0.1 + 0.2, 1e21, 1e-7, -0, 5e-324, 1.7976931348623157e308, 123456789.123].map(String));
log((255).toString(16), (1234.5678).toFixed(2), (1e21).toLocaleString === undefined, parseInt('12px'), Number('0x1f'));
const map = new Map([['k', 1], ['l', 2]]), set = new Set([1, 2, 2, 3]);
log([...map.entries()], [...set], new WeakMap() instanceof WeakMap);
const proxy = new Proxy({}, { get: (_, name) => `got ${String(name)}`, has: () => true });
log(proxy.anything, 'x' in proxy, Reflect.ownKeys({ b: 1, a: 2, 1: 3 }));
const bytes = new Uint8Array(8);
new DataView(bytes.buffer).setFloat64(0, Math.PI);
log([...bytes], new Float32Array([1 / 3])[0], new Int16Array([70000])[0]);
log(JSON.parse('{"x":[1,2,{"y":"\\u00e9"}]}'), JSON.stringify({ u: undefined, d: new Date(0), n: null, f() {} }));
try { null.x; } catch (error) { log(error instanceof TypeError); }
log(new Date(Date.UTC(2026, 1, 29)).toISOString(), Math.max(...[1, 5, 3]), Math.hypot(3, 4), Math.clz32(1), Math.imul(0xffffffff, 5));

let state = 1;
const numbers = Array.from({ length: 20000 }, () => (state = (state * 48271) % 2147483647));
numbers.sort((x, y) => x - y);
log(numbers[0], numbers[10000], numbers[19999], numbers.reduce((h, x) => (h * 31 + x) >>> 0, 7));
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
log(fib(22), tag`a${1}b${2}`);
function tag(strings, ...values) { return strings.raw.join('_') + values.join('+'); }

(async () => {
    const results = await Promise.all([1, 2, 3].map(async x => { await null; return x * x; }));
    log(results, await Promise.race([Promise.resolve('first'), new Promise(() => {})]));
    for await (const x of (async function* () { yield 1; yield 2; })()) log(x);
    console.log(out.join('\n'));
})();
