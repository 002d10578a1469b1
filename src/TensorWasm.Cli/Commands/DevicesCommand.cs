using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Cli.Commands;

/// <summary><c>devices</c>: what kernels can run on.</summary>
internal static class DevicesCommand
{
    internal static Command Create(CliContext context)
    {
        var json = new Option<bool>("--json") { Description = "Prints a JSON object, for programs." };
        var command = new Verb("devices", "Lists what kernels can run on, and why there is no GPU.")
        {
            Examples =
            [
                ("tensorwasm devices", "GPUs and the processor; the first one is what run takes"),
                ("tensorwasm devices --json", "the same for programs"),
            ],
            Notes = "Exit status: 0.",
        };
        command.Add(json);
        command.SetAction(parsed => Execute(parsed.GetValue(json), context));
        return command;
    }

    private static int Execute(bool asJson, CliContext context)
    {
        List<(DeviceInfo Info, ulong FreeBytes)> devices = [];
        List<string> problems = [];
        if (GpuDevices.CudaUnavailableReason is { } reason)
        {
            problems.Add(reason);
        }
        for (var ordinal = 0; ordinal < GpuDevices.CudaCount; ordinal++)
        {
            Add(DevicePreference.Cuda, ordinal);
        }
        Add(DevicePreference.Cpu, 0);
        if (asJson)
        {
            WriteJson(devices, problems, context.OutputStream);
        }
        else
        {
            WriteText(devices, problems, context.Output);
        }
        return ExitCodes.Success;

        void Add(DevicePreference kind, int ordinal)
        {
            try
            {
                using var device = GpuDevices.Open(kind, HostDevices.DefaultOptions, ordinal)!;
                devices.Add((device.Info, device.FreeMemoryBytes));
            }
            catch (GpuException e)
            {
                problems.Add(e.Message);
            }
        }
    }

    private static void WriteText(
        List<(DeviceInfo Info, ulong FreeBytes)> devices, List<string> problems, TextWriter output)
    {
        foreach (var (info, free) in devices)
        {
            var units = info.Kind == DeviceKind.Cuda ? "multiprocessors" : "threads";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{info.Id}  {Printable.Escape(info.Name)}"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    sm_{info.Architecture}, {info.Multiprocessors} {units}, {ByteSize.Format((long)info.MemoryBytes)} of "
                + $"memory ({ByteSize.Format((long)free)} free), {ByteSize.Format(info.MaxSharedBytesPerBlock)} of shared "
                + $"memory a block"));
            output.WriteLine($"    driver {info.DriverVersion}{(info.BusId is { } bus ? $", bus {bus}" : "")}");
        }
        foreach (var problem in problems)
        {
            output.WriteLine($"no GPU: {Printable.Escape(problem)}");
        }
    }

    private static void WriteJson(
        List<(DeviceInfo Info, ulong FreeBytes)> devices, List<string> problems, Stream output)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("devices");
            foreach (var (info, free) in devices)
            {
                json.WriteStartObject();
                json.WriteString("device", info.Id);
                json.WriteString("name", info.Name);
                json.WriteNumber("architecture", info.Architecture);
                json.WriteNumber("multiprocessors", info.Multiprocessors);
                json.WriteNumber("memoryBytes", info.MemoryBytes);
                json.WriteNumber("freeMemoryBytes", free);
                json.WriteNumber("maxSharedBytesPerBlock", info.MaxSharedBytesPerBlock);
                json.WriteNumber("maxThreadsPerBlock", info.MaxThreadsPerBlock);
                json.WriteNumber("warpSize", info.WarpSize);
                json.WriteString("driver", info.DriverVersion);
                if (info.BusId is { } bus)
                {
                    json.WriteString("busId", bus);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("problems");
            foreach (var problem in problems)
            {
                json.WriteStringValue(problem);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }
}
