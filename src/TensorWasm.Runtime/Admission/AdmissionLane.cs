namespace TensorWasm.Runtime;

/// <summary>
/// A tenant's place in the admission; all of it is guarded by the <see cref="AdmissionControl"/>'s lock.
/// </summary>
internal sealed class AdmissionLane
{
    /// <summary>How much the latest invocation counts in the expected time of the next.</summary>
    private const double Freshness = 0.2;

    internal int Running { get; set; }

    internal long ReservedBytes { get; set; }

    /// <summary>Time used divided by the weight, in seconds: who has the least is next.</summary>
    internal double VirtualTime { get; set; }

    /// <summary>The time that an invocation is expected to take, in seconds.</summary>
    internal double Expected { get; private set; } = 0.001;

    internal LinkedList<AdmissionWaiter> Waiters { get; } = [];

    internal void Learn(double seconds) => Expected += (seconds - Expected) * Freshness;
}
