using System.Buffers.Binary;
using System.Globalization;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// A kernel's reported stop: the first thread that left its region, executed <c>trap</c>, met the deadline or came
/// without those that it must be with.
/// </summary>
/// <param name="Code"><see cref="GpuErrorCode.OutOfBounds"/>, <see cref="GpuErrorCode.Trapped"/>,
/// <see cref="GpuErrorCode.DeadlineExceeded"/> or <see cref="GpuErrorCode.Diverged"/>.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Line">The line in the author's PTX, counted from 1; 0 when it is not known.</param>
/// <param name="Column">The column, counted from 1; 0 when it is not known.</param>
/// <param name="Block">The block's index in the grid.</param>
/// <param name="Thread">The thread's index in the block.</param>
/// <param name="Address">The address that was about to be accessed; 0 for other stops.</param>
/// <param name="AccessBytes">The size of the access in bytes; 0 for other stops.</param>
/// <param name="IsWrite">Whether it would have written.</param>
public sealed record GpuStop(
    GpuErrorCode Code,
    string Kernel,
    int Line,
    int Column,
    Dim3 Block,
    Dim3 Thread,
    ulong Address,
    int AccessBytes,
    bool IsWrite)
{
    /// <summary>Reads a status block that a fenced kernel wrote.</summary>
    /// <param name="status">The <see cref="FenceStatus.Size"/> bytes.</param>
    /// <param name="kernel">The kernel's name.</param>
    /// <returns>The stop, or null when the kernel ran to its end.</returns>
    public static GpuStop? Read(ReadOnlySpan<byte> status, string kernel)
    {
        var code = Word(status, FenceStatus.CodeOffset);
        if (code == 0)
        {
            return null;
        }
        var access = Word(status, FenceStatus.AccessOffset);
        return new GpuStop(
            code switch
            {
                FenceStatus.OutOfBounds => GpuErrorCode.OutOfBounds,
                FenceStatus.Trapped => GpuErrorCode.Trapped,
                FenceStatus.DeadlineExceeded => GpuErrorCode.DeadlineExceeded,
                FenceStatus.Diverged => GpuErrorCode.Diverged,
                _ => GpuErrorCode.Internal,
            },
            kernel,
            (int)Word(status, FenceStatus.LineOffset),
            (int)Word(status, FenceStatus.ColumnOffset),
            Index(status, FenceStatus.BlockOffset),
            Index(status, FenceStatus.ThreadOffset),
            BinaryPrimitives.ReadUInt64LittleEndian(status[FenceStatus.AddressOffset..]),
            (int)(access & 0xFFFF),
            (access & 0x10000) != 0);
    }

    /// <summary>The stop in a sentence.</summary>
    public override string ToString()
    {
        var where = Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $" at PTX line {Line}, column {Column}")
            : "";
        return Code switch
        {
            GpuErrorCode.OutOfBounds => string.Create(
                CultureInfo.InvariantCulture,
                $"kernel '{Kernel}'{where}: thread {Thread} of block {Block} {(IsWrite ? "writes" : "reads")} "
                + $"{AccessBytes} bytes at 0x{Address:x}, outside what it may access"),
            GpuErrorCode.Trapped => $"kernel '{Kernel}'{where}: thread {Thread} of block {Block} executed trap",
            GpuErrorCode.Diverged =>
                $"kernel '{Kernel}'{where}: the threads that must execute it together were not all there with thread {Thread} of block {Block}",
            GpuErrorCode.DeadlineExceeded => $"kernel '{Kernel}'{where} ran past its deadline and was stopped",
            _ => $"kernel '{Kernel}'{where} stopped for an unknown reason",
        };
    }

    private static Dim3 Index(ReadOnlySpan<byte> status, int offset) =>
        new(Word(status, offset), Word(status, offset + 4), Word(status, offset + 8));

    private static uint Word(ReadOnlySpan<byte> status, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(status[offset..]);
}
