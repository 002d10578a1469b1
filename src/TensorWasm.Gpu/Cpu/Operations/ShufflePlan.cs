namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Where each thread's value comes from in a <c>shfl.sync</c> with constant operands (PTX ISA 9.7.9.6).</summary>
internal sealed class ShufflePlan
{
    private const int Lanes = 8;

    private ShufflePlan(int[] sources, uint inRange)
    {
        Sources = sources;
        InRange = inRange;
    }

    /// <summary>Ways of the instruction.</summary>
    internal enum Mode
    {
        /// <summary>From a lower thread.</summary>
        Up,

        /// <summary>From a higher thread.</summary>
        Down,

        /// <summary>From the thread whose number differs in certain bits.</summary>
        Butterfly,

        /// <summary>From a thread by its number.</summary>
        Index,
    }

    /// <summary>How eight results are made.</summary>
    internal enum Form
    {
        /// <summary>One by one.</summary>
        Single,

        /// <summary>A vector as it is.</summary>
        Same,

        /// <summary>A vector, permuted.</summary>
        Permuted,

        /// <summary>Eight values one after the other, over two vectors.</summary>
        Shifted,
    }

    /// <summary>The thread that each thread's value comes from.</summary>
    internal int[] Sources { get; }

    /// <summary>The threads whose source is in range, a bit each.</summary>
    internal uint InRange { get; }

    internal static Mode ModeOf(string name) => name switch
    {
        "up" => Mode.Up,
        "down" => Mode.Down,
        "bfly" => Mode.Butterfly,
        _ => Mode.Index,
    };

    internal static ShufflePlan Make(string mode, uint distance, uint clamp)
    {
        var sources = new int[32];
        uint inRange = 0;
        for (int lane = 0; lane < sources.Length; lane++)
        {
            sources[lane] = SourceOf(ModeOf(mode), lane, distance, clamp, out bool isInRange);
            inRange |= isInRange ? 1u << lane : 0;
        }

        return new ShufflePlan(sources, inRange);
    }

    /// <summary>The formula of the manual.</summary>
    internal static int SourceOf(Mode mode, int lane, uint b, uint c, out bool isInRange)
    {
        int distance = (int)(b & 31);
        int clamp = (int)(c & 31);
        int segment = (int)(c >> 8 & 31);
        int last = (lane & segment) | (clamp & ~segment);
        int first = lane & segment;
        int source = mode switch
        {
            Mode.Up => lane - distance,
            Mode.Down => lane + distance,
            Mode.Butterfly => lane ^ distance,
            _ => first | (distance & ~segment),
        };
        isInRange = mode == Mode.Up ? source >= last : source <= last;
        return isInRange ? source & 31 : lane;
    }

    internal Form FormOf(int vector)
    {
        ReadOnlySpan<int> sources = Sources.AsSpan(vector * Lanes, Lanes);
        int home = sources[0] / Lanes;
        bool together = true;
        bool ascends = true;
        for (int i = 0; i < Lanes; i++)
        {
            together &= sources[i] / Lanes == home;
            ascends &= sources[i] == sources[0] + i;
        }

        return together && ascends ? Form.Same : together ? Form.Permuted : ascends ? Form.Shifted : Form.Single;
    }

    internal int ShiftOf(int vector) => Sources[vector * Lanes];
}
