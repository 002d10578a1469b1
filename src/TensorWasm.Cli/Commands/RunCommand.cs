using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TensorWasm.Cli.Commands;

/// <summary><c>run</c>: runs a program, or calls one function of a module.</summary>
internal static class RunCommand
{
    private const int MinStackBytes = 64 << 10;
    private const int MaxStackBytes = 1 << 30;

    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "Everything behind the module belongs to the guest, options too.",
            Arity = ArgumentArity.ZeroOrMore,
            CaptureRemainingTokens = true,
        };
        var folders = Folders("--dir", "Grants a folder; the guest sees it as guest, or under its own name.", false);
        var readOnlyFolders = Folders("--dir-ro", "Grants a folder for reading only.", true);
        var variables = Variables();
        var invoke = new Option<string?>("--invoke")
        {
            Description = "Calls this export with the arguments, instead of the program's start, and prints its results.",
            HelpName = "function",
        };
        var programName = new Option<string?>("--argv0")
        {
            Description = "The name that the guest finds as its own; the module's file name by default.",
            HelpName = "name",
        };
        var memory = CommonOptions.Size("--max-memory", "What each memory may grow to: 65536, 64M, 1G. 4G by default.");
        var timeout = CommonOptions.Time(
            "--timeout", "Stops the guest after that time: 500ms, 5s, 2m. Compiling does not count.");
        timeout.Aliases.Add("--deadline");
        var fuel = new ValueOption<long>(
            "--fuel", "units", "Stops the guest when it has used that much fuel: about one unit an instruction.",
            ParseFuel, "a count of 0 or more");
        var stack = new ValueOption<int>(
            "--max-stack", "bytes", "The stack for guest code, 64K to 1G: 8M by default.",
            ParseStack, "a size from 64K to 1G");
        var boundsChecks = CommonOptions.BoundsChecks();
        var codeCache = CommonOptions.CodeCache();
        var noCodeCache = new Option<bool>("--no-code-cache") { Description = "Compiles the module in any case." };
        var gpu = new ValueOption<GpuChoice>(
            "--gpu", "auto|cuda[:n]|cpu|none",
            "What kernels run on: a GPU where there is one and otherwise the processor (auto, the default), a GPU or "
                + "nothing (cuda), the processor, or nothing.",
            static text => GpuChoice.Parse(text), "one of auto, cuda, cuda:1, cpu and none");
        gpu.CompletionSources.Add("auto", "cuda", "cpu", "none");
        var gpuMemory = new ValueOption<ulong>(
            "--gpu-memory", "bytes", "Device memory that the guest may take, all of it: 512M, 8G.",
            text => ByteSize.TryParse(text, out var bytes) && bytes <= long.MaxValue ? bytes : (ulong?)null,
            "a size such as 512M or 8G");
        var gpuTimeLimit = new ValueOption<TimeSpan>(
            "--gpu-time-limit", "time", "Stops a kernel after that time: 500ms, 5s. 30s by default.",
            text => Duration.TryParse(text, out var time) && time > TimeSpan.Zero ? time : (TimeSpan?)null,
            "a time such as 500ms or 5s");
        var gpuCheck = new Option<bool>("--gpu-check")
        {
            Description = "Stops a kernel that leaves the guest's memory and reports where, instead of keeping it inside.",
        };
        var kernels = new Option<string?>("--kernels")
        {
            Description = "A folder with PTX files that the guest may load by name.",
            HelpName = "folder",
        };
        var statistics = new ValueOption<StatisticsFormat>(
            "--stats", "text|json", "Prints times and sizes to standard error when the guest has ended.",
            static text => text switch
            {
                "text" => StatisticsFormat.Text,
                "json" => StatisticsFormat.Json,
                _ => null,
            },
            "text or json");
        statistics.CompletionSources.Add("text", "json");
        var statisticsFile = new Option<string?>("--stats-file")
        {
            Description = "Writes them to a file instead; as JSON, unless --stats says otherwise.",
            HelpName = "file",
        };

        var command = new Verb("run", "Runs a WebAssembly program, or calls one function of a module.")
        {
            Usage = "tensorwasm run [options] <module> [<arguments>...]",
            Examples =
            [
                ("tensorwasm run hello.wasm Ada", "runs a WASI program with one argument"),
                ("tensorwasm run --dir ./data::/data --env LANG=C app.wasm --verbose", "--verbose goes to the guest"),
                ("tensorwasm run --invoke add math.wat 2 3", "calls an export; prints 5"),
                ("tensorwasm run --gpu cuda --gpu-memory 2G samples/softmax/guest.wasm", "kernels on a GPU, or an error"),
                ("tensorwasm run --timeout 5s --max-memory 256M --stats json job.wasm", "limits, and statistics"),
            ],
            Notes = """
                The guest may use arguments, clocks, random numbers and the standard streams; files and environment
                variables only as granted above.

                Exit status: the guest's own; 1 if the module can't be run; 2 if this command line is wrong; 134 if the
                guest trapped, ran out of time or fuel; 130 and 143 if SIGINT or SIGTERM stopped it.
                """,
        };
        command.AddParts(
            folders, readOnlyFolders, variables, invoke, programName, timeout, memory, fuel, stack, boundsChecks, codeCache,
            noCodeCache, gpu, gpuMemory, gpuTimeLimit, gpuCheck, kernels, statistics, statisticsFile, module, arguments);
        command.SetAction(parsed => new GuestRunner(
            new RunSettings
            {
                Module = parsed.GetRequiredValue(module),
                Arguments = parsed.GetValue(arguments) ?? [],
                ProgramName = parsed.GetValue(programName),
                Invoke = parsed.GetValue(invoke),
                Folders = [.. parsed.GetValue(folders) ?? [], .. parsed.GetValue(readOnlyFolders) ?? []],
                Variables = parsed.GetValue(variables) ?? [],
                MaxMemoryBytes = memory.Read(parsed),
                MaxStackBytes = stack.Read(parsed),
                Timeout = timeout.Read(parsed),
                Fuel = fuel.Read(parsed),
                BoundsChecks = boundsChecks.Read(parsed) ?? default,
                CodeCache = parsed.GetValue(noCodeCache)
                    ? CodeCacheChoice.None
                    : CodeCacheChoice.Existing(parsed.GetValue(codeCache)),
                Gpu = gpu.Read(parsed) ?? default,
                GpuMemoryBytes = gpuMemory.Read(parsed),
                GpuTimeLimit = gpuTimeLimit.Read(parsed),
                GpuChecksAccesses = parsed.GetValue(gpuCheck),
                KernelFolder = parsed.GetValue(kernels),
                Statistics = statistics.Read(parsed),
                StatisticsFile = parsed.GetValue(statisticsFile),
            },
            context).Run());
        return command;
    }

    private static Option<FolderGrant[]> Folders(string name, string description, bool isReadOnly) => new(name)
    {
        Description = description,
        HelpName = "host[::guest]",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => ParseAll(
            result, text => FolderGrant.Parse(text, isReadOnly), "a folder, or host::guest with both names"),
    };

    private static Option<VariableGrant[]> Variables() => new("--env")
    {
        Description = "Sets an environment variable; without a value, passes on this process's.",
        HelpName = "name[=value]",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => ParseAll(result, VariableGrant.Parse, "a name, or name=value"),
    };

    private static T[] ParseAll<T>(ArgumentResult result, Func<string, T?> parse, string expected)
        where T : class
    {
        var all = new List<T>();
        foreach (var token in result.Tokens)
        {
            if (parse(token.Value) is { } value) all.Add(value);
            else CommonOptions.Wrong<T>(result, $"'{token.Value}' is not {expected}.");
        }
        return [.. all];
    }

    private static long? ParseFuel(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var units) ? units : null;

    private static int? ParseStack(string text) =>
        ByteSize.TryParse(text, out var bytes) && bytes is >= MinStackBytes and <= MaxStackBytes ? (int)bytes : null;
}
