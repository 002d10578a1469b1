using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TensorWasm.Engine.CompilerServices;

namespace TensorWasm.Engine;

/// <summary>Finds guest functions in the stack traces of exceptions.</summary>
internal static class Backtrace
{
    /// <summary>Frames of a backtrace at most: a runaway recursion has thousands, all alike.</summary>
    private const int MaxFrames = 64;

    private static readonly ConditionalWeakTable<Assembly, WeakReference<Module>> Modules = [];

    internal static void Register(Assembly assembly, Module module) =>
        Modules.Add(assembly, new WeakReference<Module>(module));

    /// <summary>The guest functions that were active where an exception was thrown, innermost first.</summary>
    internal static IReadOnlyList<TrapFrame> Of(Exception exception)
    {
        var frames = new List<TrapFrame>();
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
        {
            if (ModuleOf(frame) is not { } module) continue;
            if (IndexOf(frame.GetMethod()!) is not { } function) continue;
            frames.Add(new TrapFrame(function, module.NameOf(function), module.Name));
            if (frames.Count == MaxFrames) break;
        }
        return frames;
    }

    /// <summary>
    /// Whether an exception was thrown by an instruction of a guest, not by anything that it called. The runtime's own
    /// helpers, to which compiled code jumps when a check fails, and the engine's arithmetic count as the instruction.
    /// </summary>
    internal static bool IsThrownByGuest(Exception exception)
    {
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
        {
            var type = frame.GetMethod()?.DeclaringType;
            if (type == typeof(ScalarOperations)) return true;
            if (type?.Assembly == typeof(object).Assembly && type.Namespace == "Internal.Runtime.CompilerHelpers") continue;
            return ModuleOf(frame) is not null;
        }
        return false;
    }

    /// <summary>The index of a guest function: compiled methods bear it in brackets behind their names.</summary>
    private static int? IndexOf(MethodBase method)
    {
        var name = method.Name;
        var start = name.LastIndexOf('[') + 1;
        return start > 0
            && name.EndsWith(']')
            && int.TryParse(name.AsSpan(start, name.Length - 1 - start), CultureInfo.InvariantCulture, out var index)
                ? index
                : null;
    }

    private static Module? ModuleOf(StackFrame frame) =>
        frame.GetMethod()?.Module.Assembly is { } assembly
        && Modules.TryGetValue(assembly, out var reference)
        && reference.TryGetTarget(out var module)
            ? module
            : null;
}
