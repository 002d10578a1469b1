using TensorWasm.Wasm;

namespace TensorWasm.Engine.Scripts;

/// <summary>The module "spectest" that scripts may import from, as the specification's interpreter defines it.</summary>
internal static class SpecTestModule
{
    internal static void AddTo(Linker linker, Store store)
    {
        const string Name = "spectest";
        linker
            .DefineFunction(Name, "print", () => { })
            .DefineFunction(Name, "print_i32", (int _) => { })
            .DefineFunction(Name, "print_i64", (long _) => { })
            .DefineFunction(Name, "print_f32", (float _) => { })
            .DefineFunction(Name, "print_f64", (double _) => { })
            .DefineFunction(Name, "print_i32_f32", (int _, float _) => { })
            .DefineFunction(Name, "print_f64_f64", (double _, double _) => { })
            .Define(Name, "global_i32", new Global(new GlobalType(ValueType.I32, false), 666))
            .Define(Name, "global_i64", new Global(new GlobalType(ValueType.I64, false), 666L))
            .Define(Name, "global_f32", new Global(new GlobalType(ValueType.F32, false), 666.6f))
            .Define(Name, "global_f64", new Global(new GlobalType(ValueType.F64, false), 666.6))
            .Define(Name, "table", new Table(new TableType(ValueType.FuncRef, new Limits(10, 20, false))))
            .Define(Name, "table64", new Table(new TableType(ValueType.FuncRef, new Limits(10, 20, true))))
            .Define(Name, "memory", new Memory(store, new MemoryType(new Limits(1, 2, false))));
    }
}
