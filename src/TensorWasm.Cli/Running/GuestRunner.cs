using System.Diagnostics;
using System.Globalization;
using TensorWasm.Engine;
using TensorWasm.Gpu;
using TensorWasm.Host;
using TensorWasm.Wasi;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>Runs one guest from its file to its exit code.</summary>
internal sealed class GuestRunner(RunSettings settings, CliContext context)
{
    /// <summary>Reactors initialise themselves there; it comes before anything else.</summary>
    private const string Initialize = "_initialize";

    /// <summary>The start of a program, and its old name: the empty one.</summary>
    private static readonly string[] Starts = ["_start", ""];

    private const int PrintedFrames = 20;

    private readonly RunStatistics _statistics = new();
    private readonly string _name = ModuleFile.NameOf(settings.Module);

    /// <summary>Runs it, and prints statistics if they are wanted.</summary>
    /// <exception cref="CliException">It could not be run at all.</exception>
    internal int Run()
    {
        if (settings is { Statistics: null, StatisticsFile: null }) return Execute();

        if (context.IsProcess)
        {
            using var process = Process.GetCurrentProcess();
            _statistics.Start = DateTime.Now - process.StartTime;
        }
        _statistics.Lap();
        _statistics.ExitCode = Execute();
        WriteStatistics();
        return _statistics.ExitCode;
    }

    private int Execute()
    {
        var file = ModuleFile.Read(settings.Module, context);
        _statistics.Read = _statistics.Lap();
        using var gpu = GpuGrants.Open(file.Bytes.Span, settings);
        if (gpu.Device is not null) _statistics.OpenDevice = _statistics.Lap();
        var engine = EngineFactory.Create(
            new EngineOptions
            {
                BoundsChecks = settings.BoundsChecks,
                CountFuel = settings.Fuel is not null,
                // One module, until the process ends: it starts sooner so.
                UnloadsCode = false,
            },
            settings.CodeCache);
        var module = Load(engine, file);
        context.Token.ThrowIfCancellationRequested();
        using var store = new Store(engine, settings.StoreLimits, Place(module, gpu));
        if (settings.Fuel is { } fuel) store.Fuel = fuel;
        using var interruption = store.InterruptOn(context.Token);
        var linker = new Linker(engine);
        _statistics.Lap();
        using var wasi = WasiGrants.AddTo(linker, module, settings, context);
        if (HostLinker.UsesHost(module)) linker.AddHost(_ => gpu.Context, module);
        // The guest writes to the descriptors themselves.
        context.Flush();
        using var deadline = settings.Timeout is { } timeout ? store.InterruptAfter(timeout) : null;
        gpu.Context.BeginInvocation(
            settings.Timeout, new ConsoleStream(context), HostLinker.UsesHost(module) ? GuestLog.CreateTrace(context) : null);
        Instance? instance = null;
        try
        {
            instance = linker.Instantiate(store, module);
            _statistics.Instantiate = _statistics.Lap();
            Call(instance);
            return ExitCodes.Success;
        }
        catch (WasiExitException e)
        {
            return e.ExitCode;
        }
        catch (LinkException e)
        {
            throw Failure.Of(e, _name);
        }
        catch (LimitExceededException e)
        {
            var hint = settings.MaxMemoryBytes is null ? "" : " Raise --max-memory.";
            throw new CliException($"{_name} needs more than it may have: {e.Message}.{hint}");
        }
        catch (TrapException e)
        {
            return Report(e);
        }
        finally
        {
            if (instance is not null) Account(instance, gpu);
        }
    }

    /// <summary>Where the guest's memory must lie for its kernels to reach it; null for anywhere.</summary>
    private static MemoryPlacement? Place(Module module, GpuGrants gpu)
    {
        try
        {
            return HostLinker.UsesDevice(module) ? gpu.Context.Placement : null;
        }
        catch (GpuException e)
        {
            throw new CliException($"the device can't take the guest: {e.Message}.");
        }
    }

    private Module Load(WasmEngine engine, ModuleFile file)
    {
        try
        {
            var module = engine.Compile(file.Bytes);
            _statistics.Read += module.Times.Reading;
            _statistics.Validate = module.Times.Validation;
            _statistics.Compile = module.Times.Compilation;
            _statistics.IsFromCache = module.IsFromCache;
            _statistics.ModuleBytes = file.Bytes.Length;
            _statistics.CodeBytes = module.ImageSize;
            _statistics.Functions = module.Definition.Bodies.Count;
            _statistics.FunctionsOverJitLimits = module.FunctionsOverJitLimits;
            _statistics.UsesGuardPages = engine.UsesGuardPages;
            return module;
        }
        catch (WasmValidationException e)
        {
            throw Failure.Of(e, _name, file.Parse());
        }
        catch (WasmException e)
        {
            throw Failure.Of(e, _name);
        }
        catch (UnsupportedFeatureException e)
        {
            throw Failure.Of(e, _name);
        }
    }

    private void Call(Instance instance)
    {
        var function = settings.Invoke is { } name ? FindExport(instance, name) : FindStart(instance);
        var arguments = settings.Invoke is { } invoked
            ? InvokeValues.Parse(invoked, function!.Type, settings.Arguments)
            : [];
        if (instance.GetFunction(Initialize) is { Type.Parameters.Count: 0 } initialize && initialize != function)
        {
            initialize.Invoke();
        }
        if (function is null) return;

        var result = function.Invoke(arguments);
        if (settings.Invoke is null) return;
        var types = function.Type.Results;
        var results = types.Count == 1 ? [result] : (object?[]?)result ?? [];
        for (var i = 0; i < results.Length; i++) context.Output.WriteLine(InvokeValues.Print(results[i], types[i]));
    }

    /// <summary>The program's start; null where a start section was all there is to run.</summary>
    private Function? FindStart(Instance instance)
    {
        foreach (var name in Starts)
        {
            if (instance.GetFunction(name) is not { } start) continue;
            if (start.Type.Parameters.Count == 0) return start;
            throw new CliException($"{_name} exports {Printable.Quote(name)} with parameters; a program's start has none.");
        }
        if (instance.Module.Definition.Start is not null) return null;
        throw new CliException(
            $"{_name} is no program: it exports no \"_start\". To call one of its functions: "
            + $"tensorwasm run --invoke NAME {settings.Module}. {ListFunctions(instance)}");
    }

    private Function FindExport(Instance instance, string name) => instance.GetExport(name) switch
    {
        Function function => function,
        null => throw new CliException($"{_name} exports no function {Printable.Quote(name)}. {ListFunctions(instance)}"),
        var other => throw new CliException(
            $"{_name} exports {Printable.Quote(name)}, but it is a {other.Kind.ToString().ToLowerInvariant()}, not a "
            + $"function. {ListFunctions(instance)}"),
    };

    private static string ListFunctions(Instance instance)
    {
        const int Shown = 12;
        var names = instance.Module.Exports
            .Where(export => export.Kind == ExternalKind.Function).Select(export => Printable.Quote(export.Name)).ToList();
        if (names.Count == 0) return "It exports no functions at all.";
        var more = names.Count > Shown ? $" and {names.Count - Shown} more" : "";
        return $"It exports {string.Join(", ", names.Take(Shown))}{more}.";
    }

    private int Report(TrapException trap)
    {
        if (trap.Code == TrapCode.Interrupted && context.Token.IsCancellationRequested) return ExitCodes.Interrupted;

        context.Output.Flush();
        var reason = trap.Code switch
        {
            TrapCode.Interrupted when settings.Timeout is { } timeout =>
                $"was stopped: it ran longer than {Duration.Format(timeout)} (--timeout)",
            TrapCode.OutOfFuel => string.Create(
                CultureInfo.InvariantCulture, $"was stopped: it used up {settings.Fuel} units of fuel (--fuel)"),
            _ => $"trapped: {trap.Message}",
        };
        context.WriteError($"{_name} {reason}");
        foreach (var frame in trap.Frames.Take(PrintedFrames)) context.Error.WriteLine($"  at {Printable.Escape($"{frame}")}");
        if (trap.Frames.Count > PrintedFrames) context.Error.WriteLine($"  ... and {trap.Frames.Count - PrintedFrames} more");
        return ExitCodes.Trap;
    }

    private void Account(Instance instance, GpuGrants gpu)
    {
        if (gpu.Device is { } device) _statistics.Gpu = (device, gpu.Tenant.Usage);
        _statistics.Run = _statistics.Lap();
        if (settings.Fuel is { } fuel) _statistics.FuelUsed = fuel - Math.Max(0, instance.Store.Fuel);
        foreach (var export in instance.Module.Exports)
        {
            if (export.Kind == ExternalKind.Memory) _statistics.GuestMemoryBytes += instance.GetMemory(export.Name)!.ByteLength;
        }
    }

    private void WriteStatistics()
    {
        var format = settings.Statistics ?? StatisticsFormat.Json;
        var text = StatisticsWriter.Write(_statistics, format, _name);
        if (settings.StatisticsFile is { } file) OutputFile.Write(file, text);
        else context.Error.Write(text);
    }
}
