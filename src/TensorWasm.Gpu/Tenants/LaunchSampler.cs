namespace TensorWasm.Gpu;

/// <summary>
/// Which of a tenant's launches of one kernel are timed on the device, and what they are charged. Timing costs 2.4 us, as
/// much as a launch: long kernels are timed always, short ones at first and then one in 32, and the others are charged
/// the mean.
/// <para>
/// A kernel may take as long as its arguments say, so the tenant could make those short that are timed. Therefore chance
/// chooses, and the one that is timed stands for all 32: it is charged as much more as the mean was too low for it, so
/// that what a tenant is charged in the long run is what it used, whatever it makes of its launches.
/// </para>
/// </summary>
/// <param name="longNanoseconds">From which mean on every launch is timed.</param>
/// <param name="random">Chance; the system's when null.</param>
internal sealed class LaunchSampler(long longNanoseconds, Random? random = null)
{
    private const int Interval = 32;
    private const int TimedFirst = 4;

    private readonly Random _random = random ?? Random.Shared;
    private long _mean;
    private int _timed;

    /// <summary>Mean device time of a launch in nanoseconds, of the latest ones mostly; 0 before the first.</summary>
    internal long MeanNanoseconds => Volatile.Read(ref _mean);

    /// <summary>Decides on the next launch.</summary>
    /// <returns>For how many launches its time stands; 0 when it is not timed.</returns>
    internal int Choose()
    {
        if (_timed < TimedFirst || MeanNanoseconds > longNanoseconds)
        {
            return 1;
        }
        return _random.Next(Interval) == 0 ? Interval : 0;
    }

    /// <summary>Learns from a timed launch.</summary>
    /// <param name="nanoseconds">Its time on the device.</param>
    /// <param name="weight">For how many launches it stands.</param>
    /// <returns>What it is charged, in nanoseconds.</returns>
    internal long Learn(long nanoseconds, int weight)
    {
        var mean = MeanNanoseconds;
        Volatile.Write(ref _mean, _timed == 0 ? nanoseconds : mean + ((nanoseconds - mean) / 4));
        _timed = Math.Min(_timed + 1, TimedFirst);
        return Math.Max(0, nanoseconds + ((weight - 1) * (nanoseconds - mean)));
    }
}
