using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// Writes CIL for a kernel. A warp of 8, 16 or 32 threads runs together: values that differ between its threads are in
/// vectors of eight lanes, others in scalars. The threads that run are a mask; threads that went another way wait in
/// masks of the blocks they will enter.
/// </summary>
internal sealed partial class KernelEmitter
{
    private const int Lanes = 8;

    private readonly KernelGraph _graph;
    private readonly LaunchClass _launch;
    private readonly ShapeAnalysis _shapes;
    private readonly ResumePoints _resume;
    private readonly CodeConstants _constants = new();
    private readonly MemoryLayout _layout;
    private readonly int _vectors;
    private readonly bool _speculates;

    private ILGenerator _il = null!;
    private LocalPool _pool = null!;
    private Dictionary<int, Cell> _cells = [];
    private LocalBuilder _mask = null!;
    private int _first;
    private int _end;

    private KernelEmitter(
        KernelGraph graph,
        LaunchClass launch,
        MemoryLayout layout,
        ResumePoints resume,
        ShapeAnalysis shapes,
        ShapeAnalysis? general)
    {
        _graph = graph;
        _launch = launch;
        _layout = layout;
        _resume = resume;
        _vectors = launch.Width / Lanes;
        _speculates = general is not null;
        _shapes = shapes;
        _general = general;
        _waited = FindWaited();
    }

    /// <summary>Compiles a kernel.</summary>
    /// <param name="graph">The kernel.</param>
    /// <param name="launch">The launches it is for.</param>
    /// <param name="layout">Its memory.</param>
    /// <param name="resume">Where warps may go on.</param>
    /// <param name="shapes">The registers' shapes.</param>
    /// <param name="general">The shapes in code without affine rules; null when this is that code.</param>
    internal static CompiledCode Compile(
        KernelGraph graph,
        LaunchClass launch,
        MemoryLayout layout,
        ResumePoints resume,
        ShapeAnalysis shapes,
        ShapeAnalysis? general) =>
        new KernelEmitter(graph, launch, layout, resume, shapes, general).Compile();

    private CompiledCode Compile()
    {
        int count = _graph.Nodes.Length;
        List<int> starts = [0];
        int weight = 0;
        for (int block = 0; block < count; block++)
        {
            int own = WeightOf(_graph.Nodes[block]);
            if (weight + own > CpuLimits.MethodWeight && weight > 0)
            {
                starts.Add(block);
                weight = 0;
            }

            weight += own;
        }

        var methods = new DynamicMethod[starts.Count];
        var methodOf = new int[count];
        for (int i = 0; i < methods.Length; i++)
        {
            _first = starts[i];
            _end = i + 1 < starts.Count ? starts[i + 1] : count;
            Array.Fill(methodOf, i, _first, _end - _first);
        }

        _methodOf = methodOf;
        for (int i = 0; i < methods.Length; i++)
        {
            _first = starts[i];
            _end = i + 1 < starts.Count ? starts[i + 1] : count;
            methods[i] = EmitMethod(i);
        }

        return new CompiledCode(methods, methodOf, _resume, _constants, _sites);
    }

    private unsafe DynamicMethod EmitMethod(int number)
    {
        var method = new DynamicMethod(
            $"{_graph.Kernel.Name}:{number}",
            typeof(int),
            [typeof(CodeConstants), typeof(WarpContext*), typeof(int)],
            typeof(KernelEmitter).Module,
            skipVisibility: true)
        {
            InitLocals = false,
        };
        _il = method.GetILGenerator(1 << 14);
        _pool = new LocalPool(_il);
        _cells = [];
        _methodNumber = number;
        BeginControl();
        for (int block = _first; block < _end; block++)
        {
            EmitBlock(_graph.Nodes[block]);
        }

        EndControl();
        return method;
    }

    private void EmitBlock(BlockNode node)
    {
        BeginBlock(node);
        BitSet[] live = _graph.Liveness.Within(node.Index);
        _liveWithin = live;
        for (int i = 0; i < node.Code.Length; i++)
        {
            _place = i;
            Instruction instruction = node.Code[i];
            MarkPlace(node.Index, i * 2);
            try
            {
                EmitGuarded(node, instruction);
            }
            catch (CpuKernelException failure) when (!failure.Message.StartsWith("line ", StringComparison.Ordinal))
            {
                throw new CpuKernelException($"line {instruction.Position.Line}: {instruction}: {failure.Message}");
            }

            ReleaseDead(node.Index, instruction, live[i + 1]);
        }

        _place = node.Code.Length;
        MarkPlace(node.Index, _place * 2);
        EmitTerminator(node);
        EmitGeneralize(node);
        ReleaseAll();
    }

    /// <summary>A rough count of references to locals, of which RyuJIT optimises a limited number.</summary>
    private int WeightOf(BlockNode node)
    {
        int weight = 8;
        foreach (Instruction instruction in node.Code)
        {
            weight += 4;
            foreach (Register register in instruction.Reads.Concat(instruction.Writes))
            {
                weight += _shapes.Of(register.Id).IsVector ? _vectors * Math.Max(register.Type.Bits / 32, 1) : 1;
            }
        }

        return weight;
    }

    private Cell CellOf(Register register) => CellOf(register.Id, register.Type.Bits);

    private Cell CellOf(int register, int bits)
    {
        if (_cells.TryGetValue(register, out Cell? cell))
        {
            return cell;
        }

        Shape shape = _shapes.Of(register);
        LocalBuilder[] locals;
        if (shape.IsVector)
        {
            locals = new LocalBuilder[_vectors * (bits == 128 ? 4 : bits == 64 ? 2 : 1)];
            for (int i = 0; i < locals.Length; i++)
            {
                locals[i] = _pool.Rent(typeof(Vector256<int>));
            }
        }
        else
        {
            locals = [_pool.Rent(ScalarTypeOf(register, bits))];
        }

        cell = new Cell(register, bits, shape, locals);
        _cells.Add(register, cell);
        return cell;
    }

    private Cell CarryCell() => CellOf(_graph.Liveness.CarryFlag, 32);

    private Type ScalarTypeOf(int register, int bits)
    {
        string? name = register < _graph.Kernel.Registers.Count ? _graph.Kernel.Registers[register].Type.Name : null;
        return name switch
        {
            "f32" => typeof(float),
            "f64" => typeof(double),
            _ => bits == 64 ? typeof(long) : typeof(int),
        };
    }

    /// <summary>Frees the locals of registers that live in this block only and are read no more.</summary>
    private void ReleaseDead(int block, Instruction instruction, BitSet live)
    {
        foreach (int register in _graph.Liveness.Reads(instruction).Concat(_graph.Liveness.Writes(instruction)))
        {
            if (!live[register] && !_graph.Liveness.Crosses(register))
            {
                Release(register);
            }
        }
    }

    private void ReleaseAll()
    {
        foreach (int register in _cells.Keys.Where(register => !_graph.Liveness.Crosses(register)).ToArray())
        {
            Release(register);
        }

        foreach (LocalBuilder local in _borrowed)
        {
            _pool.Return(local);
        }

        _borrowed.Clear();
    }

    private void Release(int register)
    {
        if (_cells.Remove(register, out Cell? cell))
        {
            foreach (LocalBuilder local in cell.Locals)
            {
                _pool.Return(local);
            }
        }
    }

    private static MethodInfo Helper(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        ?? throw new CpuKernelException($"the helper {type.Name}.{name} is missing");
}
