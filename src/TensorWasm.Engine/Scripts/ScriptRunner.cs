using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Engine.Scripts;

/// <summary>
/// Runs a script of the specification's test suite (WAST): each assertion passes, fails, or is skipped with a reason.
/// </summary>
public sealed class ScriptRunner
{
    private readonly WasmEngine _engine;
    private readonly Linker _linker;
    private readonly Store _store;
    private readonly Dictionary<string, Instance> _instances = [];
    private readonly Dictionary<string, WasmModule> _definitions = [];
    private readonly List<(int, string)> _failures = [];
    private readonly List<(int, string)> _skips = [];
    private Instance? _current;
    private WasmModule? _currentDefinition;
    private string? _unavailable;
    private int _passed;

    private ScriptRunner(WasmEngine engine, Store store)
    {
        _engine = engine;
        _linker = new Linker(engine);
        _store = store;
        SpecTestModule.AddTo(_linker, _store);
    }

    /// <summary>Runs a script.</summary>
    /// <exception cref="WasmFormatException">It is no script.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; a guest that ran was stopped.</exception>
    public static ScriptReport Run(WasmEngine engine, WastScript script, CancellationToken token = default)
    {
        using var store = new Store(engine);
        using var interruption = store.InterruptOn(token);
        var runner = new ScriptRunner(engine, store);
        foreach (var command in script.Commands)
        {
            runner.Run(command);
            token.ThrowIfCancellationRequested();
        }
        return new ScriptReport(runner._passed, runner._failures, runner._skips);
    }

    private void Run(ScriptCommand command)
    {
        try
        {
            var (outcome, message) = Execute(command);
            if (outcome == ScriptOutcome.Passed) _passed++;
            else if (outcome == ScriptOutcome.Failed) _failures.Add((command.Line, message));
            else _skips.Add((command.Line, message));
        }
        catch (UnsupportedFeatureException e)
        {
            _skips.Add((command.Line, e.Message));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _failures.Add((command.Line, $"{e.GetType().Name}: {e.Message}"));
        }
    }

    private Verdict Execute(ScriptCommand command)
    {
        switch (command)
        {
            case ModuleCommand module:
                return Define(module);
            case InstanceCommand instance:
                return Instantiate(instance.Name, instance.Definition is { } d ? _definitions[d] : _currentDefinition!);
            case RegisterCommand register:
                if (InstanceOf(register.Module) is not { } registered) return Unavailable();
                _linker.DefineInstance(register.As, registered);
                return Verdict.Passed;
            case ActionCommand action:
                return InstanceOf(action.Action.Module) is null ? Unavailable() : Perform(action.Action, out _);
            case AssertReturnCommand assertion:
                if (InstanceOf(assertion.Action.Module) is null) return Unavailable();
                var performed = Perform(assertion.Action, out var values);
                return performed.Outcome == ScriptOutcome.Passed ? ScriptValues.Compare(values, assertion.Results) : performed;
            case AssertFailureCommand assertion:
                return InstanceOf(assertion.Action.Module) is null ? Unavailable() : ExpectFailure(assertion);
            case AssertModuleCommand assertion:
                return ExpectFault(assertion);
            default:
                return Verdict.Skipped("threads are a feature that this engine does not run");
        }
    }

    private Verdict Unavailable() =>
        _unavailable is null
            ? Verdict.Failed("there is no such instance")
            : Verdict.Skipped(_unavailable);

    private Instance? InstanceOf(string? name) => name is null ? _current : _instances.GetValueOrDefault(name);

    private Verdict Define(ModuleCommand command)
    {
        _current = null;
        if (command.Module.Name is { } name) _instances.Remove(name);
        var definition = command.Module.Load();
        if (command.Module.IsDefinition)
        {
            WasmValidator.Validate(definition);
            _currentDefinition = definition;
            if (command.Module.Name is { } definitionName) _definitions[definitionName] = definition;
            return Verdict.Passed;
        }
        return Instantiate(command.Module.Name, definition);
    }

    private Verdict Instantiate(string? name, WasmModule definition)
    {
        try
        {
            _current = _linker.Instantiate(_store, _engine.Compile(definition));
        }
        catch (UnsupportedFeatureException e)
        {
            _unavailable = e.Message;
            throw;
        }
        catch (LinkException e) when (_unavailable is not null)
        {
            // It imports from a module that could not be run.
            return Verdict.Skipped($"{e.Message}; {_unavailable}");
        }
        if (name is not null) _instances[name] = _current;
        return Verdict.Passed;
    }

    private Verdict Perform(ScriptAction action, out object?[] results)
    {
        results = [];
        var instance = InstanceOf(action.Module)!;
        if (action is GetAction)
        {
            if (instance.GetGlobal(action.Export) is not { } global) return Verdict.Failed($"no global {action.Export}");
            results = [global.Value];
            return Verdict.Passed;
        }
        if (instance.GetFunction(action.Export) is not { } function) return Verdict.Failed($"no function {action.Export}");
        var arguments = ((InvokeAction)action).Arguments.Select(ScriptValues.ToObject).ToArray();
        var result = function.Invoke(arguments);
        results = function.Type.Results.Count switch { 0 => [], 1 => [result], _ => (object?[])result! };
        return Verdict.Passed;
    }

    private Verdict ExpectFailure(AssertFailureCommand assertion)
    {
        try
        {
            var performed = Perform(assertion.Action, out _);
            return performed.Outcome == ScriptOutcome.Passed ? Verdict.Failed("it returned") : performed;
        }
        catch (TrapException e)
        {
            if (assertion.Failure == ScriptFailure.Exhaustion)
            {
                return e.Code == TrapCode.StackOverflow ? Verdict.Passed : Verdict.Failed($"trapped: {e.Message}");
            }
            return assertion.Failure == ScriptFailure.Trap && IsExpected(assertion.Message, e.Message)
                ? Verdict.Passed
                : Verdict.Failed($"expected \"{assertion.Message}\", trapped with \"{e.Message}\"");
        }
    }

    private Verdict ExpectFault(AssertModuleCommand assertion)
    {
        var expected = assertion.Message;
        try
        {
            var definition = assertion.Module.Load();
            if (assertion.Fault is ScriptModuleFault.Malformed or ScriptModuleFault.MalformedCustom)
            {
                // Malformed instructions of a body are found when it is validated.
                WasmValidator.Validate(definition);
                return Verdict.Failed($"expected \"{expected}\", but it is well-formed");
            }
            var module = _engine.Compile(definition);
            if (assertion.Fault is ScriptModuleFault.Invalid or ScriptModuleFault.InvalidCustom)
            {
                return Verdict.Failed($"expected \"{expected}\", but it is valid");
            }
            _linker.Instantiate(_store, module);
            return Verdict.Failed($"expected \"{expected}\", but it was instantiated");
        }
        catch (WasmFormatException) when (assertion.Fault is ScriptModuleFault.Malformed or ScriptModuleFault.MalformedCustom)
        {
            // What exactly is wrong depends on how far a decoder reads ahead.
            return Verdict.Passed;
        }
        catch (WasmValidationException) when (assertion.Fault is ScriptModuleFault.Invalid or ScriptModuleFault.InvalidCustom)
        {
            return Verdict.Passed;
        }
        catch (LinkException e) when (assertion.Fault == ScriptModuleFault.Unlinkable)
        {
            return Expect(expected, e.Reason);
        }
        catch (TrapException e) when (assertion.Fault == ScriptModuleFault.Trap)
        {
            return Expect(expected, e.Message);
        }
    }

    private static Verdict Expect(string expected, string actual) =>
        IsExpected(expected, actual) ? Verdict.Passed : Verdict.Failed($"expected \"{expected}\", found \"{actual}\"");

    /// <summary>One message begins with the other: scripts abbreviate, or add an index to what the specification says.</summary>
    private static bool IsExpected(string expected, string actual) =>
        actual.StartsWith(expected, StringComparison.Ordinal) || expected.StartsWith(actual, StringComparison.Ordinal);
}
