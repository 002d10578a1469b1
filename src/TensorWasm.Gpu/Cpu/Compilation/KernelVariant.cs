using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// A kernel's code for a class of launches: with affine rules, and without for warps where one does not hold. Rules that
/// fail often are left out of the next variant.
/// </summary>
internal sealed class KernelVariant
{
    /// <summary>Failures of one rule after which it is not trusted again.</summary>
    private const int MaxFailures = 16;

    /// <summary>How often code is made anew before all rules are given up.</summary>
    private const int MaxGenerations = 6;

    private readonly KernelGraph _graph;
    private readonly MemoryLayout _layout;
    private readonly ResumePoints _resume;
    private readonly ShapeAnalysis _generalShapes;
    private readonly Dictionary<Instruction, int> _failures = [];
    private readonly HashSet<Instruction> _distrusted;
    private readonly int _generation;
    private readonly Lock _lock = new();
    private CompiledCode? _general;

    internal KernelVariant(
        KernelGraph graph, LaunchClass launch, MemoryLayout layout, bool speculates, KernelVariant? before)
    {
        _graph = graph;
        _layout = layout;
        Launch = launch;
        _generation = before is null ? 0 : before._generation + 1;
        _distrusted = before is null ? [] : before.Distrusted();
        _resume = new ResumePoints(graph, launch.Width);
        _generalShapes = new ShapeAnalysis(graph, launch, speculates: false, _distrusted, layout.LocalStride);
        if (speculates && _generation < MaxGenerations)
        {
            var shapes = new ShapeAnalysis(graph, launch, speculates: true, _distrusted, layout.LocalStride);
            Fast = KernelEmitter.Compile(graph, launch, layout, _resume, shapes, _generalShapes);
        }
        else
        {
            Fast = _general = KernelEmitter.Compile(graph, launch, layout, _resume, _generalShapes, null);
        }
    }

    internal LaunchClass Launch { get; }

    /// <summary>The code that warps begin in.</summary>
    internal CompiledCode Fast { get; }

    /// <summary>The code for warps whose values do not follow the affine rules.</summary>
    internal CompiledCode General
    {
        get
        {
            lock (_lock)
            {
                return _general ??= KernelEmitter.Compile(_graph, Launch, _layout, _resume, _generalShapes, null);
            }
        }
    }

    /// <summary>Bytes of a warp's frame.</summary>
    internal int FrameBytes => (_resume.Bytes + 63) & ~63;

    /// <summary>Whether a better one can be made.</summary>
    internal bool IsOutdated { get; private set; }

    /// <summary>Counts a rule's failure.</summary>
    internal void Fail(int state)
    {
        lock (_lock)
        {
            Instruction site = Fast.Sites[state];
            int count = _failures.GetValueOrDefault(site) + 1;
            _failures[site] = count;
            IsOutdated |= count >= MaxFailures;
        }
    }

    private HashSet<Instruction> Distrusted()
    {
        lock (_lock)
        {
            return [.. _distrusted, .. _failures.Where(failure => failure.Value >= MaxFailures).Select(failure => failure.Key)];
        }
    }
}
