using System.Runtime.InteropServices;
using TensorWasm.Cli;
using TensorWasm.Cli.Running;

if (args is ["serve", ..]) ServerRuntime.Adopt();
using var cancellation = new CancellationTokenSource();
var signal = 0;

void OnSignal(PosixSignalContext context)
{
    // The second one ends the process at once.
    if (Interlocked.Exchange(ref signal, context.Signal == PosixSignal.SIGTERM ? 15 : 2) != 0) return;
    context.Cancel = true;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

var context = new CliContext(
    Console.OpenStandardOutput(), Console.OpenStandardError(), Console.OpenStandardInput(), cancellation.Token)
{
    IsProcess = true,
    IsOutputTerminal = !Console.IsOutputRedirected,
    IsErrorTerminal = !Console.IsErrorRedirected,
};
var exitCode = CommandLine.Run(args, context);
return exitCode == ExitCodes.Interrupted && signal != 0 ? ExitCodes.SignalBase + signal : exitCode;
