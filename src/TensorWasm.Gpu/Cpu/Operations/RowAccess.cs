using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Rows of memory whose elements belong to threads one after the other, to and from slots of scratch memory.</summary>
internal static unsafe class RowAccess
{
    private const int Slot = WarpContext.SlotBytes;

    /// <summary>The method that loads elements of a type, so many a thread; null when there is none.</summary>
    internal static string? LoadName(PtxType type, int count) => (type.Bits, count) switch
    {
        (8, 1) => type.IsSigned ? nameof(LoadSignedBytes) : nameof(LoadBytes),
        (16, 1) => type.IsSigned ? nameof(LoadSignedHalves) : nameof(LoadHalves),
        (32, 2) => nameof(LoadWordPairs),
        (32, 4) => nameof(LoadWordQuads),
        (64, 2) => nameof(LoadLongPairs),
        _ => null,
    };

    /// <summary>The method that stores elements of a type, so many a thread; null when there is none.</summary>
    internal static string? StoreName(PtxType type, int count) => (type.Bits, count) switch
    {
        (8, 1) => nameof(StoreBytes),
        (16, 1) => nameof(StoreHalves),
        (32, 2) => nameof(StoreWordPairs),
        (32, 4) => nameof(StoreWordQuads),
        (64, 2) => nameof(StoreLongPairs),
        _ => null,
    };

    internal static void LoadBytes(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            (Vector128<ushort> low, _) = Vector128.Widen(Vector128.CreateScalar(*(ulong*)(row + i)).AsByte());
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)).Store((uint*)slots + i);
        }
    }

    internal static void LoadSignedBytes(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            (Vector128<short> low, _) = Vector128.Widen(Vector128.CreateScalar(*(ulong*)(row + i)).AsSByte());
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)).Store((int*)slots + i);
        }
    }

    internal static void LoadHalves(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            Vector128<ushort> part = Vector128.Load((ushort*)row + i);
            Vector256.Create(Vector128.WidenLower(part), Vector128.WidenUpper(part)).Store((uint*)slots + i);
        }
    }

    internal static void LoadSignedHalves(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            Vector128<short> part = Vector128.Load((short*)row + i);
            Vector256.Create(Vector128.WidenLower(part), Vector128.WidenUpper(part)).Store((int*)slots + i);
        }
    }

    internal static void LoadWordPairs(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            Vector256<int> a = Vector256.Load((int*)row + (2 * i));
            Vector256<int> b = Vector256.Load((int*)row + (2 * i) + 8);
            Vector256<int> even = Vector256.Shuffle(a, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
            Vector256<int> odd = Vector256.Shuffle(b, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
            Vector256.Create(even.GetLower(), odd.GetLower()).Store((int*)slots + i);
            Vector256.Create(even.GetUpper(), odd.GetUpper()).Store((int*)(slots + Slot) + i);
        }
    }

    internal static void LoadWordQuads(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            int* from = (int*)row + (4 * i);
            Vector256<int> a = Vector256.Create(Vector128.Load(from), Vector128.Load(from + 16));
            Vector256<int> b = Vector256.Create(Vector128.Load(from + 4), Vector128.Load(from + 20));
            Vector256<int> c = Vector256.Create(Vector128.Load(from + 8), Vector128.Load(from + 24));
            Vector256<int> d = Vector256.Create(Vector128.Load(from + 12), Vector128.Load(from + 28));
            Transpose(ref a, ref b, ref c, ref d);
            a.Store((int*)slots + i);
            b.Store((int*)(slots + Slot) + i);
            c.Store((int*)(slots + (2 * Slot)) + i);
            d.Store((int*)(slots + (3 * Slot)) + i);
        }
    }

    internal static void LoadLongPairs(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i++)
        {
            ((long*)slots)[i] = ((long*)row)[2 * i];
            ((long*)(slots + Slot))[i] = ((long*)row)[(2 * i) + 1];
        }
    }

    internal static void StoreBytes(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i++)
        {
            row[i] = (byte)((uint*)slots)[i];
        }
    }

    internal static void StoreHalves(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            Vector256<uint> words = Vector256.Load((uint*)slots + i);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store((ushort*)row + i);
        }
    }

    internal static void StoreWordPairs(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i++)
        {
            ((int*)row)[2 * i] = ((int*)slots)[i];
            ((int*)row)[(2 * i) + 1] = ((int*)(slots + Slot))[i];
        }
    }

    internal static void StoreWordQuads(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i += 8)
        {
            Vector256<int> a = Vector256.Load((int*)slots + i);
            Vector256<int> b = Vector256.Load((int*)(slots + Slot) + i);
            Vector256<int> c = Vector256.Load((int*)(slots + (2 * Slot)) + i);
            Vector256<int> d = Vector256.Load((int*)(slots + (3 * Slot)) + i);
            Transpose(ref a, ref b, ref c, ref d);
            int* to = (int*)row + (4 * i);
            a.GetLower().Store(to);
            b.GetLower().Store(to + 4);
            c.GetLower().Store(to + 8);
            d.GetLower().Store(to + 12);
            a.GetUpper().Store(to + 16);
            b.GetUpper().Store(to + 20);
            c.GetUpper().Store(to + 24);
            d.GetUpper().Store(to + 28);
        }
    }

    internal static void StoreLongPairs(byte* row, byte* slots, int lanes)
    {
        for (int i = 0; i < lanes; i++)
        {
            ((long*)row)[2 * i] = ((long*)slots)[i];
            ((long*)row)[(2 * i) + 1] = ((long*)(slots + Slot))[i];
        }
    }

    /// <summary>Transposes the 4 by 4 words in the lower halves, and those in the upper halves.</summary>
    private static void Transpose(ref Vector256<int> a, ref Vector256<int> b, ref Vector256<int> c, ref Vector256<int> d)
    {
        Vector256<long> ab = InterleaveLower(a, b).AsInt64();
        Vector256<long> abUpper = InterleaveUpper(a, b).AsInt64();
        Vector256<long> cd = InterleaveLower(c, d).AsInt64();
        Vector256<long> cdUpper = InterleaveUpper(c, d).AsInt64();
        a = InterleaveLower(ab, cd).AsInt32();
        b = InterleaveUpper(ab, cd).AsInt32();
        c = InterleaveLower(abUpper, cdUpper).AsInt32();
        d = InterleaveUpper(abUpper, cdUpper).AsInt32();
    }

    /// <summary>The lower elements of each half, in turn.</summary>
    private static Vector256<int> InterleaveLower(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a, b)
        : Vector256.Create(
            Vector128.Create(a[0], b[0], a[1], b[1]), Vector128.Create(a[4], b[4], a[5], b[5]));

    /// <summary>The upper elements of each half, in turn.</summary>
    private static Vector256<int> InterleaveUpper(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a, b)
        : Vector256.Create(
            Vector128.Create(a[2], b[2], a[3], b[3]), Vector128.Create(a[6], b[6], a[7], b[7]));

    private static Vector256<long> InterleaveLower(Vector256<long> a, Vector256<long> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a, b)
        : Vector256.Create(a[0], b[0], a[2], b[2]);

    private static Vector256<long> InterleaveUpper(Vector256<long> a, Vector256<long> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a, b)
        : Vector256.Create(a[1], b[1], a[3], b[3]);
}
