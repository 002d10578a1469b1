// The specification's value type, not the runtime's base class of structures.
global using ValueType = TensorWasm.Wasm.ValueType;
