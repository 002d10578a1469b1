using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TensorWasm.Gpu;
using TensorWasm.Host;
using TensorWasm.Server;
using TensorWasm.Server.LossWorker;

// A supervised gateway on a free port of loopback, as `tensorwasm serve --supervise` runs it, with the processor as its
// device. When the file "lose" appears in its folder, the device counts as lost, and the file is taken away.
var folder = args[0];
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
    OpenDevices = () => [Watch(CpuDevice.Open(HostDevices.DefaultOptions))],
};
return await GatewayProgram.RunAsync(options, environment, Console.OpenStandardInput(), stop.Token);

CpuDevice Watch(CpuDevice device)
{
    var file = Path.Combine(folder, "lose");
    new Thread(() =>
    {
        for (; !File.Exists(file); Thread.Sleep(10)) { }
        device.Lose();
        File.Delete(file);
    })
    { IsBackground = true }.Start();
    return device;
}
