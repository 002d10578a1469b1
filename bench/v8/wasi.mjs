// Runs a WASI program in Node: wasi.mjs MODULE HOST::GUEST[,HOST::GUEST...] [ARGUMENT...]
import fs from 'node:fs';
import { WASI } from 'node:wasi';

const [path, folders, ...args] = process.argv.slice(2);
const module = await WebAssembly.compile(fs.readFileSync(path));
const names = WebAssembly.Module.imports(module);
const old = names.some(name => name.module === 'wasi_unstable');
const preopens = Object.fromEntries(folders.split(',').filter(Boolean).map(pair => pair.split('::').reverse()));
// An empty environment would make Node refuse environ_get for a buffer at the memory's end.
const wasi = new WASI({
    version: old ? 'unstable' : 'preview1', args: [path, ...args], env: { PYTHONHASHSEED: '0' }, preopens, returnOnExit: true,
});
const imports = wasi.getImportObject();
// QuickJS imports socket functions that only its own runtime has: there they fail, as here.
for (const { module: from, name } of names) (imports[from] ??= {})[name] ??= () => 52;
process.exitCode = wasi.start(await WebAssembly.instantiate(module, imports));
