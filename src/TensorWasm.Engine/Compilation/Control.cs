
namespace TensorWasm.Engine.Compilation;

/// <summary>A structured instruction that is open while its body is translated.</summary>
internal sealed class Control
{
    internal required ControlKind Kind { get; set; }

    /// <summary>The height of the operand stack below its parameters.</summary>
    internal required int Height { get; init; }

    internal required IReadOnlyList<ValueType> Parameters { get; init; }

    internal required IReadOnlyList<ValueType> Results { get; init; }

    /// <summary>Where a branch to it goes: a loop's head, the end of anything else.</summary>
    internal required IlLabel Target { get; init; }

    /// <summary>The start of the else part, for an if.</summary>
    internal IlLabel Else { get; init; }

    /// <summary>Whether control can reach its end.</summary>
    internal bool EndReached { get; set; }

    /// <summary>Whether the code that is being translated can be reached.</summary>
    internal bool IsReachable { get; set; } = true;

    /// <summary>Whether a branch left its operands behind and used them, see <c>UseAbandoned</c>.</summary>
    internal bool IsAbandoned { get; set; }

    /// <summary>Blocks that were opened within unreachable code and not closed yet.</summary>
    internal int UnreachableDepth { get; set; }

    /// <summary>The types of the values that a branch to it carries.</summary>
    internal IReadOnlyList<ValueType> LabelTypes => Kind == ControlKind.Loop ? Parameters : Results;
}
