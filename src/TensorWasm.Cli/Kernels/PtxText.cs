using System.Globalization;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Cli;

/// <summary>What the fence did to kernels, for people.</summary>
internal static class PtxText
{
    /// <summary>The fenced text, below comments that say what was done to each kernel and why.</summary>
    internal static void WriteFenced(PtxFile file, bool withNotes, TextWriter output)
    {
        if (withNotes)
        {
            output.WriteLine($"// {Line(file.Name)}, fenced. Lines are those of the original.");
            foreach (var kernel in file.Fenced.Kernels)
            {
                output.WriteLine("//");
                output.WriteLine($"// {Signature(kernel)}");
                output.WriteLine($"// parameters added: {string.Join(", ", kernel.HiddenParameters)}");
                foreach (var note in kernel.Notes)
                {
                    output.WriteLine($"// {Line(note.ToString())}");
                }
            }
            output.WriteLine();
        }
        output.Write(file.Fenced.Print());
    }

    /// <summary>What could be proven: accesses by kernel, and then loop by loop.</summary>
    internal static void WriteExplanation(PtxFile file, TextWriter output)
    {
        foreach (var kernel in file.Fenced.Kernels)
        {
            output.WriteLine(Signature(kernel));
            output.WriteLine($"  shared {Bytes(kernel.StaticSharedBytes)}"
                + $"{(kernel.UsesDynamicShared ? " and dynamic" : "")}, local {Bytes(kernel.LocalBytes)}");
            WriteAccesses(kernel, output);
            WriteLoops(kernel, output);
            output.WriteLine();
        }
    }

    private static void WriteAccesses(FencedKernel kernel, TextWriter output)
    {
        var fenced = kernel.Notes.Where(static note => note.Action == FenceAction.Fenced).ToList();
        var proven = kernel.Notes.Where(static note => note.Action == FenceAction.Proven).ToList();
        // An access of a versioned loop is there twice.
        var checkedOnce = proven.Select(static note => note.Position)
            .Intersect(fenced.Select(static note => note.Position)).ToHashSet();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  accesses: {proven.Count - checkedOnce.Count} proven, {checkedOnce.Count} checked once before their loop, "
            + $"{fenced.Count - checkedOnce.Count} fenced one by one"));
        foreach (var note in fenced.Where(note => !checkedOnce.Contains(note.Position)))
        {
            output.WriteLine($"    {Line(note.Position.ToString())}: {Line(note.Instruction)} {Line(note.Reason)}");
        }
    }

    private static void WriteLoops(FencedKernel kernel, TextWriter output)
    {
        var loops = kernel.Notes.Where(static note => note.Action is FenceAction.Versioned or FenceAction.NotVersioned
            or FenceAction.Polled or FenceAction.Short).GroupBy(static note => note.Position).ToList();
        output.WriteLine(loops.Count switch
        {
            0 => "  no loops",
            1 => "  1 loop",
            _ => string.Create(CultureInfo.InvariantCulture, $"  {loops.Count} loops"),
        });
        foreach (var loop in loops)
        {
            foreach (var note in loop)
            {
                output.WriteLine($"    {Line($"{note.Position}: {note.Instruction}: {Name(note.Action)}: {note.Reason}")}");
            }
        }
    }

    private static string Name(FenceAction action) => action switch
    {
        FenceAction.Versioned => "unfenced copy",
        FenceAction.NotVersioned => "fenced",
        FenceAction.Polled => "deadline",
        _ => "no deadline",
    };

    private static string Signature(FencedKernel kernel) => Line(
        $"{kernel.Name}({string.Join(", ", kernel.Kernel.Signature.Parameters.Select(static p =>
            p.Kind == Ptx.Ir.ParameterKind.Structure
                ? string.Create(CultureInfo.InvariantCulture, $"{p.Size} bytes {p.Name}")
                : $"{p.Type} {p.Name}"))})");

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} bytes");

    private static string Line(string text) => Printable.Escape(text);
}
