using System.CommandLine;
using System.Diagnostics;
using TensorWasm.Engine;
using TensorWasm.Wasm;

namespace TensorWasm.Cli.Commands;

/// <summary><c>compile</c>: makes native code ahead of time.</summary>
internal static class CompileCommand
{
    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var boundsChecks = CommonOptions.BoundsChecks();
        var fuel = new Option<bool>("--fuel") { Description = "For runs with --fuel, whose code counts it." };
        var codeCache = CommonOptions.CodeCache();
        var force = new Option<bool>("--force") { Description = "Compiles although the cache has the code." };
        var command = new Verb("compile", "Compiles a module to native code and keeps that, so that 'run' starts at once.")
        {
            Examples =
            [
                ("tensorwasm compile app.wasm", "fills this user's cache"),
                ("tensorwasm compile --code-cache ./cache app.wasm", "fills another; give the same to run"),
            ],
            Notes = """
                Code is kept for exactly these bytes of the module, this version of the program and of .NET, these
                options, and this kind of processor; 'run' compiles anew where anything else is asked for.
                """,
        };
        command.AddParts(boundsChecks, fuel, codeCache, force, module);
        command.SetAction(parsed => Execute(
            parsed.GetRequiredValue(module),
            new EngineOptions
            {
                BoundsChecks = boundsChecks.Read(parsed) ?? default,
                CountFuel = parsed.GetValue(fuel),
                UnloadsCode = false,
            },
            CodeCacheChoice.Of(parsed.GetValue(codeCache)),
            parsed.GetValue(force),
            context));
        return command;
    }

    private static int Execute(string path, EngineOptions options, CodeCacheChoice cache, bool isForced, CliContext context)
    {
        var file = ModuleFile.Read(path, context);
        var engine = EngineFactory.Create(options, cache);
        if (!isForced && engine.IsCached(file.Bytes))
        {
            context.Output.WriteLine($"{file.DisplayName} is in {cache.Folder} already.");
            return ExitCodes.Success;
        }
        var start = Stopwatch.GetTimestamp();
        try
        {
            engine.Precompile(file.Bytes, context.Token);
        }
        catch (WasmValidationException e)
        {
            throw Failure.Of(e, file.DisplayName, file.Parse());
        }
        catch (WasmException e)
        {
            throw Failure.Of(e, file.DisplayName);
        }
        catch (UnsupportedFeatureException e)
        {
            throw Failure.Of(e, file.DisplayName);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file.DisplayName} was not compiled ahead of time: {e.Message}");
        }
        var time = Duration.Format(Stopwatch.GetElapsedTime(start));
        context.Output.WriteLine($"{file.DisplayName} is compiled, in {time}; the code is in {cache.Folder}.");
        return ExitCodes.Success;
    }
}
