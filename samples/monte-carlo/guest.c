// tensorwasm run --gpu auto samples/monte-carlo/guest.wasm [PATHS]
#include "sample.h"
#include "tensorwasm-async.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

enum { THREADS = 256, PATHS_A_ROUND = 4, SEED = 20260, STREAMS = 2 };

static const double spot = 100, strike = 105, rate = 0.03, volatility = 0.2, years = 1;

// The kernel's random numbers: Philox 4x32-10.
static void philox(uint32_t c[4], uint32_t key0) {
    uint32_t key1 = 0;
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)c[0] * 0xD2511F53, product1 = (uint64_t)c[2] * 0xCD9E8D57;
        uint32_t c1 = c[1], c3 = c[3];
        c[0] = (uint32_t)(product1 >> 32) ^ c1 ^ key0;
        c[1] = (uint32_t)product1;
        c[2] = (uint32_t)(product0 >> 32) ^ c3 ^ key1;
        c[3] = (uint32_t)product0;
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

static double uniform(uint32_t bits) { return ((float)bits + 0.5f) * 0x1p-32f; }

// The payoffs of one block, as the kernel adds them.
static double of_block(uint32_t block, uint32_t seed, uint32_t rounds, float drift, float deviation) {
    double sum = 0;
    for (uint32_t thread = block * THREADS; thread < (block + 1) * THREADS; thread++)
        for (uint32_t round = 0; round < rounds; round++) {
            uint32_t bits[4] = {thread, round, 0, 0};
            philox(bits, seed);
            for (int pair = 0; pair < 2; pair++) {
                double radius = sqrt(-2 * log(uniform(bits[pair * 2])));
                double angle = 2 * 3.14159265358979323846 * uniform(bits[pair * 2 + 1]);
                sum += fmax(spot * exp(drift + deviation * radius * cos(angle)) - strike, 0);
                sum += fmax(spot * exp(drift + deviation * radius * sin(angle)) - strike, 0);
            }
        }
    return sum;
}

// The formula of Black and Scholes.
static double exact_price(void) {
    double deviation = volatility * sqrt(years);
    double d1 = (log(spot / strike) + (rate + volatility * volatility / 2) * years) / deviation, d2 = d1 - deviation;
    double n1 = erfc(-d1 / sqrt(2)) / 2, n2 = erfc(-d2 / sqrt(2)) / 2;
    return spot * n1 - strike * exp(-rate * years) * n2;
}

int main(int argc, char **argv) {
    uint32_t paths = sample_size(argc, argv, 1, 1 << 17, 1, 1u << 31);
    // About a thousand paths a thread at most, so that all of a large GPU takes part.
    uint32_t rounds = paths / (THREADS * PATHS_A_ROUND) / 1024 + 1;
    if (rounds > 256) rounds = 256;
    // Half of the paths in each of two streams, with random numbers of their own.
    uint32_t per_block = THREADS * PATHS_A_ROUND * rounds, blocks = (paths / STREAMS) / per_block + 1;
    float drift = (float)((rate - volatility * volatility / 2) * years), deviation = (float)(volatility * sqrt(years));
    size_t bytes = blocks * 2 * sizeof(float);
    float *sums = sample_alloc(STREAMS, bytes);

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "price");
    tw_require(kernel, "monte-carlo: load");
    int32_t streams[STREAMS];
    for (uint32_t i = 0; i < STREAMS; i++) {
        tw_require(streams[i] = tensorwasm_gpu_stream_create(), "monte-carlo: stream");
        tw_require(
            tw_put(
                streams[i], kernel, tw_blocks(blocks, 1, THREADS), 0, tw_out(sums + i * blocks * 2, bytes),
                tw_f32((float)spot), tw_f32((float)strike), tw_f32(drift), tw_f32(deviation), tw_u32(rounds),
                tw_u32(SEED + i)),
            "monte-carlo: launch");
    }
    for (uint32_t i = 0; i < STREAMS; i++) tw_require(tensorwasm_gpu_stream_wait(streams[i]), "monte-carlo: wait");

    // The GPU's logarithm, sine and exponential have errors of 2^-21 or so.
    sample_worst worst = {.allowed = 2e-5};
    blocks *= STREAMS;
    for (uint32_t block = 0; block < blocks; block += (uint32_t)sample_stride(blocks, per_block, 2e6)) {
        uint32_t of_stream = blocks / STREAMS;
        double right = of_block(block % of_stream, SEED + block / of_stream, rounds, drift, deviation);
        sample_compare(&worst, block, sums[block * 2], right, right);
    }
    int status = sample_verdict("monte-carlo", "blocks' sums", worst);

    double count = (double)blocks * per_block, sum = 0, squares = 0;
    for (size_t i = 0; i < blocks; i++) sum += sums[i * 2], squares += sums[i * 2 + 1];
    double discount = exp(-rate * years), mean = sum / count;
    double deviations = sqrt((squares / count - mean * mean) / count);
    int near = fabs(mean * discount - exact_price()) <= 4 * deviations * discount;
    printf("monte-carlo: price %.4f, deviation %.4f, by formula %.4f: %s\n", mean * discount, deviations * discount,
           exact_price(), near ? "right" : "WRONG");
    return status | !near;
}
