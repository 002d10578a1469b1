namespace TensorWasm.Gpu;

/// <summary>
/// Tokens that come at a rate, up to one second's worth. Taking may be allowed to go below zero, for costs that are
/// known only afterwards; then nothing can be taken until the debt is paid. Not safe for several threads at once.
/// </summary>
internal sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly TimeProvider _time;
    private double _tokens;
    private long _updated;

    internal TokenBucket(double perSecond, TimeProvider time)
    {
        _perSecond = perSecond;
        _time = time;
        _tokens = perSecond;
        _updated = time.GetTimestamp();
    }

    /// <summary>Takes tokens when there are as many.</summary>
    internal bool TryTake(double tokens)
    {
        Refill();
        if (_tokens < tokens)
        {
            return false;
        }
        _tokens -= tokens;
        return true;
    }

    /// <summary>Whether there is anything left.</summary>
    internal bool HasTokens()
    {
        Refill();
        return _tokens > 0;
    }

    /// <summary>Takes tokens, into debt if it must be.</summary>
    internal void Charge(double tokens) => _tokens -= tokens;

    private void Refill()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_perSecond, _tokens + (_time.GetElapsedTime(_updated, now).TotalSeconds * _perSecond));
        _updated = now;
    }
}
