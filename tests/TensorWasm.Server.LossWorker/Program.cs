using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TensorWasm.Gpu;
using TensorWasm.Host;
using TensorWasm.Server;
using TensorWasm.Server.LossWorker;

// A supervised gateway on a free port of loopback, as `tensorwasm serve --supervise` runs it. When the file "lose" appears in
// its folder, the file is taken away, and the device fails: the processor counts as lost; a GPU, for which a second argument
// asks, gets that one of RawKernels.
var (folder, kernel) = (args[0], args.ElementAtOrDefault(1));
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
var options = new GatewayOptions
{
    Listen = new IPEndPoint(IPAddress.Loopback, 0),
    DataFolder = folder,
    AdminToken = "test-admin-token",
    Tokens = "one:tenant=1",
    Drain = TimeSpan.FromSeconds(20),
    Supervise = true,
};
var environment = new GatewayEnvironment
{
    ConfigureLogging = logging => logging.AddProvider(new LineLogProvider()),
    OpenDevices = () => [kernel is null ? OpenProcessor() : OpenGpu(kernel)],
};
return await GatewayProgram.RunAsync(options, environment, Console.OpenStandardInput(), stop.Token);

CpuDevice OpenProcessor()
{
    var device = CpuDevice.Open(HostDevices.DefaultOptions);
    OnLose(device.Lose);
    return device;
}

CudaDevice OpenGpu(string kernel)
{
    var device = CudaDevice.Open(0, HostDevices.DefaultOptions with
    {
        DefaultTimeLimit = TimeSpan.FromSeconds(2),
        WatchdogMargin = TimeSpan.FromSeconds(1),
    });
    OnLose(() => RawKernels.Launch(device, kernel, 0));
    return device;
}

void OnLose(Action lose)
{
    var file = Path.Combine(folder, "lose");
    new Thread(() =>
    {
        for (; !File.Exists(file); Thread.Sleep(10)) { }
        File.Delete(file);
        lose();
    })
    { IsBackground = true }.Start();
}
