namespace TensorWasm.Wasi;

/// <content>poll_oneoff.</content>
public sealed partial class WasiContext
{
    /// <summary>
    /// Waits for the first of the subscriptions and reports all that have occurred by then. An interruption of the
    /// store ends the wait at once with <c>intr</c>; the guest then meets the interruption itself.
    /// </summary>
    internal Errno PollOneoff(
        GuestMemory memory, Snapshot snapshot, uint subscriptions, uint events, uint count, uint result,
        CancellationToken interrupted)
    {
        if (count == 0 || count > (uint)_configuration.Limits.MaxPollSubscriptions)
            return Errno.Inval;
        uint size = (uint)Subscription.SizeOf(snapshot);
        if (!memory.TryGetSpan(subscriptions, count * size, out Span<byte> source) ||
            !memory.TryGetSpan(events, count * PollEvent.Size, out Span<byte> target) ||
            !memory.Contains(result, sizeof(uint)))
        {
            return Errno.Fault;
        }

        // Copied before the first event is written: the guest may use one buffer for both.
        Subscription[] wanted = new Subscription[(int)count];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = Subscription.Read(source[(i * (int)size)..], snapshot);
            if (wanted[i].Type > EventType.FdWrite)
                return Errno.Inval;
        }

        Errno error = _waiters.Rent(out Waiter? waiter);
        if (waiter is null)
            return error;
        try
        {
            error = new Poller(this, wanted, waiter).Run(target, interrupted, out uint occurred);
            if (error == Errno.Success)
                memory.TryWriteUInt32(result, occurred);
            return error;
        }
        finally
        {
            _waiters.Return(waiter);
        }
    }

    /// <summary>One call of poll_oneoff.</summary>
    private sealed class Poller(WasiContext context, Subscription[] subscriptions, Waiter waiter)
    {
        // Absolute times of the clocks that subscriptions wait for, and the host descriptors' places in the wait.
        private readonly ulong[] _deadlines = new ulong[subscriptions.Length];
        private readonly int[] _places = new int[subscriptions.Length];
        private uint _occurred;

        public Errno Run(Span<byte> target, CancellationToken interrupted, out uint occurred)
        {
            for (int i = 0; i < subscriptions.Length; i++)
                _deadlines[i] = GetDeadline(subscriptions[i]);
            while (true)
            {
                _occurred = 0;
                waiter.Clear();
                ulong? remaining = null;
                for (int i = 0; i < subscriptions.Length; i++)
                {
                    if (subscriptions[i].Type != EventType.Clock)
                        _places[i] = LookAtDescriptor(subscriptions[i], target);
                    else if (LookAtClock(i, target) is { } rest)
                        remaining = Math.Min(rest, remaining ?? rest);
                }

                Errno error = Wait(_occurred > 0 ? 0 : remaining, interrupted);
                if (error != Errno.Success)
                {
                    occurred = 0;
                    return error;
                }

                for (int i = 0; i < subscriptions.Length; i++)
                {
                    if (subscriptions[i].Type != EventType.Clock && _places[i] >= 0)
                        Collect(subscriptions[i], waiter.Descriptors[_places[i]], target);
                }

                if (_occurred > 0)
                {
                    occurred = _occurred;
                    return Errno.Success;
                }
            }
        }

        private Errno Wait(ulong? remaining, CancellationToken interrupted)
        {
            if (remaining is not > 0 || context._clock is null)
                return waiter.Wait(remaining, interrupted);
            ulong? timeout = context._clock.Arm(remaining.Value, waiter, out IDisposable? timer);
            using (timer)
                return waiter.Wait(timeout, interrupted);
        }

        private ulong GetDeadline(in Subscription subscription)
        {
            if (subscription.Type != EventType.Clock || context._clock is null ||
                subscription.Clock > ClockId.Monotonic)
            {
                return 0;
            }

            if ((subscription.ClockFlags & Subscription.AbsoluteTime) != 0)
                return subscription.Timeout;
            ulong now = context._clock.GetTime(subscription.Clock);
            return subscription.Timeout > ulong.MaxValue - now ? ulong.MaxValue : now + subscription.Timeout;
        }

        /// <summary>The time that is left, or null after an event was reported.</summary>
        private ulong? LookAtClock(int index, Span<byte> target)
        {
            ref readonly Subscription subscription = ref subscriptions[index];
            Errno error = subscription.Clock > ClockId.ThreadCpuTime ||
                (subscription.ClockFlags & ~Subscription.AbsoluteTime) != 0 ? Errno.Inval
                : context._clock is null ? Errno.NotCapable

                // A guest that waits uses no CPU time, so such a wait would not end.
                : subscription.Clock > ClockId.Monotonic ? Errno.NotSup
                : Errno.Success;
            if (error == Errno.Success)
            {
                ulong now = context._clock!.GetTime(subscription.Clock);
                if (now < _deadlines[index])
                    return _deadlines[index] - now;
            }

            Report(target, subscription, error, 0, 0);
            return null;
        }

        /// <summary>The place in the wait; -1 after a report, or where the descriptor wakes the wait.</summary>
        private int LookAtDescriptor(in Subscription subscription, Span<byte> target)
        {
            Rights needed = Rights.PollFdReadwrite |
                (subscription.Type == EventType.FdRead ? Rights.FdRead : Rights.FdWrite);
            Errno error = context.Find(subscription.Descriptor, Rights.None, out Descriptor descriptor);
            if (error == Errno.Success && (descriptor.Rights & Rights.SockAccept) != 0)
                needed = Rights.PollFdReadwrite;
            if (error == Errno.Success && (descriptor.Rights & needed) != needed)
                error = Errno.NotCapable;
            if (error != Errno.Success)
            {
                Report(target, subscription, error, 0, 0);
                return -1;
            }

            Readiness readiness = descriptor.GetReadiness(subscription.Type, waiter);
            if (readiness.IsReady)
                Report(target, subscription, Errno.Success, readiness.Bytes, readiness.Flags);
            if (readiness.IsReady || readiness.HostDescriptor < 0)
                return -1;
            return waiter.Add(
                readiness.HostDescriptor,
                subscription.Type == EventType.FdRead ? PollDescriptor.In : PollDescriptor.Out);
        }

        private void Collect(in Subscription subscription, in PollDescriptor outcome, Span<byte> target)
        {
            if (outcome.Returned == 0)
                return;
            Errno error = (outcome.Returned & PollDescriptor.Invalid) != 0 ? Errno.Badf : Errno.Success;
            bool hangup = (outcome.Returned & (PollDescriptor.Hangup | PollDescriptor.Error)) != 0;
            ulong bytes = error != Errno.Success ? 0
                : subscription.Type == EventType.FdRead ? Posix.BytesAvailable(outcome.Descriptor)
                : 1;
            Report(target, subscription, error, bytes, hangup ? PollEvent.Hangup : (ushort)0);
        }

        private void Report(Span<byte> target, in Subscription subscription, Errno error, ulong bytes, ushort flags) =>
            new PollEvent(subscription.UserData, error, subscription.Type, bytes, flags)
                .Write(target[((int)_occurred++ * PollEvent.Size)..]);
    }
}
