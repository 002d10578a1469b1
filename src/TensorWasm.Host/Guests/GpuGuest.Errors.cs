using System.Globalization;
using System.Text;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>The text of the last failure.</summary>
public sealed partial class GpuGuest
{
    private byte[] _error = [];

    /// <summary>The last failure in words; empty when nothing failed yet.</summary>
    public string LastError => Encoding.UTF8.GetString(_error);

    internal ReadOnlySpan<byte> LastErrorBytes => _error;

    internal HostError Fail(HostCallException failure)
    {
        SetError(failure.Message);
        return failure.Error;
    }

    internal HostError Fail(GpuException failure)
    {
        SetError(failure.Stop is { Code: GpuErrorCode.OutOfBounds } stop
            ? failure.Message + Describe(stop.Address)
            : failure.Message);
        return HostErrors.Of(failure.Code);
    }

    private void ClearError() => _error = [];

    private void SetError(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        if (bytes.Length > GuestLimits.ErrorBytes)
        {
            // A character is not cut in two.
            var length = GuestLimits.ErrorBytes;
            while ((bytes[length] & 0xC0) == 0x80)
            {
                length--;
            }
            bytes = [.. bytes.AsSpan(0, length), .. "\u2026"u8];
        }
        _error = bytes;
    }

    /// <summary>What a device address means to the guest.</summary>
    private string Describe(ulong address)
    {
        if (Region is not { } region)
        {
            return "";
        }
        var layout = region.Layout;
        if (address - layout.LinearBase < RegionLayout.LinearWindow)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $" (linear memory, offset {address - layout.LinearBase})");
        }
        var nearest = _buffers.Items.Where(buffer => buffer.Address <= address).MaxBy(static buffer => buffer.Address);
        return nearest is not null && address - layout.HeapBase < layout.HeapSize
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" (offset {address - nearest.Address} of a buffer of {nearest.Length} bytes)")
            : "";
    }
}
