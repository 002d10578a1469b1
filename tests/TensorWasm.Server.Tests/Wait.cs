namespace TensorWasm.Server.Tests;

internal static class Wait
{
    /// <summary>Waits until something is so, for at most 20 s.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var end = DateTime.UtcNow.AddSeconds(20);
        while (!await isSo())
        {
            Assert.True(DateTime.UtcNow < end, "it did not come about within 20 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
