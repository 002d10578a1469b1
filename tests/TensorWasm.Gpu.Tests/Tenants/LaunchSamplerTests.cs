namespace TensorWasm.Gpu.Tests.Tenants;

public sealed class LaunchSamplerTests
{
    private const long Short = 3_000;
    private const long Long = 30_000_000_000;

    /// <summary>
    /// The expected charge is the time used, whatever the tenant does; the bound is five standard errors of what chance
    /// does to it, for long launches that count 32 times with a chance of 1 in 32.
    /// </summary>
    [Theory]
    [InlineData("short at first, then long")]
    [InlineData("long when the last one was not timed")]
    [InlineData("one in a hundred is long")]
    public void Who_hides_long_launches_pays_for_them(string pattern)
    {
        var sampler = new LaunchSampler(100_000, new Random(7));
        double used = 0, charged = 0, longs = 0;
        var wasTimed = true;
        for (var i = 0; i < 400_000; i++)
        {
            var isLong = pattern switch
            {
                // A tenant that knows all there is to know: how the mean is made, and which launches were timed.
                "short at first, then long" => i >= 4 && sampler.MeanNanoseconds <= 100_000,
                "long when the last one was not timed" => !wasTimed && sampler.MeanNanoseconds <= 100_000,
                _ => i % 100 == 99,
            };
            var time = isLong ? Long : Short;
            var mean = sampler.MeanNanoseconds;
            var weight = sampler.Choose();
            wasTimed = weight > 0;
            used += time;
            charged += weight > 0 ? sampler.Learn(time, weight) : mean;
            longs += isLong ? 1 : 0;
        }

        Assert.True(charged > used * (1 - (5 * Math.Sqrt(32 / longs))), $"used {used}, charged {charged}");
    }

    [Fact]
    public void Launches_that_take_what_they_always_take_are_charged_that()
    {
        var sampler = new LaunchSampler(100_000, new Random(7));
        var random = new Random(8);
        double used = 0, charged = 0;
        var timed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var time = random.Next(2_850, 3_150);
            var mean = sampler.MeanNanoseconds;
            var weight = sampler.Choose();
            used += time;
            charged += weight > 0 ? sampler.Learn(time, weight) : mean;
            timed += weight > 0 ? 1 : 0;
        }

        Assert.InRange(charged / used, 0.98, 1.05);
        Assert.InRange(timed, 100_000 / 40, 100_000 / 25);
    }

    [Fact]
    public void Long_launches_are_all_timed_and_charged_as_they_are()
    {
        var sampler = new LaunchSampler(100_000, new Random(7));
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(1, sampler.Choose());
            Assert.Equal(200_000 + i, sampler.Learn(200_000 + i, 1));
        }
    }
}
