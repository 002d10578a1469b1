global using TensorWasm.Wasm.Text;
