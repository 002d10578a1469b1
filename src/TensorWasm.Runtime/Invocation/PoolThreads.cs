namespace TensorWasm.Runtime;

/// <summary>
/// The process's thread pool as guests use it. Quick guests run on its threads, since handing them to another thread costs
/// more than most of them do. A guest that turns out not to be quick holds its thread, and the pool would add another only
/// after half a second; so its minimum is raised for as long as such guests run.
/// </summary>
internal static class PoolThreads
{
    /// <summary>
    /// Threads beyond one for each processor, for what waits for a disk: the database's one writer, and blobs.
    /// </summary>
    private const int Spare = 2;

    private static readonly Lock Gate = new();
    private static int _held;

    /// <summary>Changes how many threads are held by guests that are not quick.</summary>
    internal static void AddHeld(int change)
    {
        lock (Gate)
        {
            _held += change;
            var wanted = Environment.ProcessorCount + Spare + _held;
            ThreadPool.GetMinThreads(out _, out var completion);
            ThreadPool.SetMinThreads(wanted, completion);
            if (_held > 0 || change >= 0) return;
            // The pool goes on with as many threads as it had, and wakes them all for a burst of work. Only its maximum makes
            // it take fewer.
            ThreadPool.GetMaxThreads(out var most, out var mostCompletion);
            if (ThreadPool.SetMaxThreads(wanted, mostCompletion)) ThreadPool.SetMaxThreads(most, mostCompletion);
        }
    }
}
