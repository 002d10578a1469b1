"""Triton kernels of language models, and how each is launched.

`cases()` gives for each kernel its grid, constants and arguments. An argument is a tensor (dtype, shape, fill) or a
number; tensors that are filled with zeros are results.
"""
import triton
import triton.language as tl


@triton.jit
def add(x, y, o, n, B: tl.constexpr):
    i = tl.program_id(0) * B + tl.arange(0, B)
    m = i < n
    tl.store(o + i, tl.load(x + i, mask=m) + tl.load(y + i, mask=m), mask=m)


@triton.jit
def softmax(x, o, stride, n, B: tl.constexpr):
    r = tl.program_id(0)
    i = tl.arange(0, B)
    m = i < n
    v = tl.load(x + r * stride + i, mask=m, other=-float("inf"))
    v = tl.exp(v - tl.max(v, 0))
    tl.store(o + r * stride + i, v / tl.sum(v, 0), mask=m)


@triton.jit
def rmsnorm(x, w, o, stride, n, B: tl.constexpr):
    r = tl.program_id(0)
    i = tl.arange(0, B)
    m = i < n
    v = tl.load(x + r * stride + i, mask=m, other=0.0).to(tl.float32)
    q = tl.rsqrt(tl.sum(v * v, 0) / n + 1e-6)
    tl.store(o + r * stride + i, (v * q * tl.load(w + i, mask=m, other=0.0)).to(tl.bfloat16), mask=m)


@triton.jit
def matmul(a, b, c, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    p = tl.program_id(0)
    nn = tl.cdiv(N, BN)
    rm = p // nn * BM + tl.arange(0, BM)
    rn = p % nn * BN + tl.arange(0, BN)
    rk = tl.arange(0, BK)
    A = a + rm[:, None] * K + rk[None, :]
    Bp = b + rk[:, None] * N + rn[None, :]
    acc = tl.zeros((BM, BN), tl.float32)
    for k in range(0, K, BK):
        acc += tl.dot(tl.load(A), tl.load(Bp))
        A += BK
        Bp += BK * N
    tl.store(c + rm[:, None] * N + rn[None, :], acc.to(tl.bfloat16))


@triton.jit
def matmul_int8(a, b, scale, c, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    """bf16 activations times int8 weights with a scale for each column."""
    p = tl.program_id(0)
    nn = tl.cdiv(N, BN)
    rm = p // nn * BM + tl.arange(0, BM)
    rn = p % nn * BN + tl.arange(0, BN)
    rk = tl.arange(0, BK)
    A = a + rm[:, None] * K + rk[None, :]
    Bp = b + rk[:, None] * N + rn[None, :]
    acc = tl.zeros((BM, BN), tl.float32)
    for k in range(0, K, BK):
        acc += tl.dot(tl.load(A), tl.load(Bp).to(tl.bfloat16))
        A += BK
        Bp += BK * N
    acc *= tl.load(scale + rn)[None, :]
    tl.store(c + rm[:, None] * N + rn[None, :], acc.to(tl.bfloat16))


@triton.jit
def gemv(w, x, o, K, B: tl.constexpr):
    r = tl.program_id(0)
    acc = tl.zeros((B,), tl.float32)
    for k in range(0, K, B):
        i = k + tl.arange(0, B)
        acc += tl.load(w + r.to(tl.int64) * K + i).to(tl.float32) * tl.load(x + i).to(tl.float32)
    tl.store(o + r, tl.sum(acc, 0))


@triton.jit
def gemv_int4(w, x, scale, o, K, G: tl.constexpr, B: tl.constexpr):
    """Two 4-bit weights a byte, a scale for each group of G weights."""
    r = tl.program_id(0)
    acc = tl.zeros((B,), tl.float32)
    for k in range(0, K // 2, B):
        i = k + tl.arange(0, B)
        q = tl.load(w + r.to(tl.int64) * (K // 2) + i).to(tl.int32)
        s = tl.load(scale + r.to(tl.int64) * (K // G) + i * 2 // G)
        low = ((q & 15) - 8).to(tl.float32) * tl.load(x + 2 * i).to(tl.float32)
        high = (((q >> 4) & 15) - 8).to(tl.float32) * tl.load(x + 2 * i + 1).to(tl.float32)
        acc += (low + high) * s
    tl.store(o + r, tl.sum(acc, 0))


@triton.jit
def attention(q, k, v, o, lse, N, scale, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    pm = tl.program_id(0)
    h = tl.program_id(1)
    q += h * N * D
    k += h * N * D
    v += h * N * D
    o += h * N * D
    rm = pm * BM + tl.arange(0, BM)
    rn = tl.arange(0, BN)
    rd = tl.arange(0, D)
    Q = tl.load(q + rm[:, None] * D + rd[None, :])
    m = tl.full((BM,), -float("inf"), tl.float32)
    l = tl.zeros((BM,), tl.float32)
    acc = tl.zeros((BM, D), tl.float32)
    for s in range(0, N, BN):
        Kt = tl.load(k + (s + rn)[None, :] * D + rd[:, None])
        S = tl.dot(Q, Kt) * scale
        mn = tl.maximum(m, tl.max(S, 1))
        P = tl.exp2(S - mn[:, None])
        al = tl.exp2(m - mn)
        l = l * al + tl.sum(P, 1)
        acc = acc * al[:, None] + tl.dot(P.to(tl.bfloat16), tl.load(v + (s + rn)[:, None] * D + rd[None, :]))
        m = mn
    tl.store(o + rm[:, None] * D + rd[None, :], (acc / l[:, None]).to(tl.bfloat16))
    tl.store(lse + h * N + rm, m + tl.log2(l))


@triton.jit
def attention_bwd_dkdv(q, k, v, do, lse, delta, dk, dv, N, scale, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    pn = tl.program_id(0)
    h = tl.program_id(1)
    base = h * N * D
    rn = pn * BN + tl.arange(0, BN)
    rd = tl.arange(0, D)
    K = tl.load(k + base + rn[:, None] * D + rd[None, :])
    V = tl.load(v + base + rn[:, None] * D + rd[None, :])
    dK = tl.zeros((BN, D), tl.float32)
    dV = tl.zeros((BN, D), tl.float32)
    for s in range(0, N, BM):
        rm = s + tl.arange(0, BM)
        Q = tl.load(q + base + rm[:, None] * D + rd[None, :])
        dO = tl.load(do + base + rm[:, None] * D + rd[None, :])
        Pt = tl.exp2(tl.dot(K, tl.trans(Q)) * scale - tl.load(lse + h * N + rm)[None, :])
        dV += tl.dot(Pt.to(tl.bfloat16), dO)
        dPt = tl.dot(V, tl.trans(dO))
        dSt = (Pt * (dPt - tl.load(delta + h * N + rm)[None, :])).to(tl.bfloat16)
        dK += tl.dot(dSt, Q)
    tl.store(dk + base + rn[:, None] * D + rd[None, :], (dK * scale).to(tl.bfloat16))
    tl.store(dv + base + rn[:, None] * D + rd[None, :], dV.to(tl.bfloat16))


@triton.jit
def attention_bwd_dq(q, k, v, do, lse, delta, dq, N, scale, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    pm = tl.program_id(0)
    h = tl.program_id(1)
    base = h * N * D
    rm = pm * BM + tl.arange(0, BM)
    rd = tl.arange(0, D)
    Q = tl.load(q + base + rm[:, None] * D + rd[None, :])
    dO = tl.load(do + base + rm[:, None] * D + rd[None, :])
    L = tl.load(lse + h * N + rm)
    Di = tl.load(delta + h * N + rm)
    dQ = tl.zeros((BM, D), tl.float32)
    for s in range(0, N, BN):
        rn = s + tl.arange(0, BN)
        Kt = tl.load(k + base + rn[None, :] * D + rd[:, None])
        Vt = tl.load(v + base + rn[None, :] * D + rd[:, None])
        P = tl.exp2(tl.dot(Q, Kt) * scale - L[:, None])
        dS = (P * (tl.dot(dO, Vt) - Di[:, None])).to(tl.bfloat16)
        dQ += tl.dot(dS, tl.trans(Kt))
    tl.store(dq + base + rm[:, None] * D + rd[None, :], (dQ * scale).to(tl.bfloat16))


@triton.jit
def histogram(x, h, n, B: tl.constexpr):
    i = tl.program_id(0) * B + tl.arange(0, B)
    tl.atomic_add(h + tl.load(x + i, mask=i < n, other=0), 1, mask=i < n)


@triton.jit
def layernorm(x, w, b, o, mean, rstd, n, B: tl.constexpr):
    r = tl.program_id(0)
    i = tl.arange(0, B)
    m = i < n
    v = tl.load(x + r * n + i, mask=m, other=0.0).to(tl.float32)
    mu = tl.sum(v, 0) / n
    c = tl.where(m, v - mu, 0.0)
    q = tl.rsqrt(tl.sum(c * c, 0) / n + 1e-5)
    tl.store(mean + r, mu)
    tl.store(rstd + r, q)
    w_ = tl.load(w + i, mask=m, other=0.0).to(tl.float32)
    b_ = tl.load(b + i, mask=m, other=0.0).to(tl.float32)
    tl.store(o + r * n + i, (c * q * w_ + b_).to(tl.bfloat16), mask=m)


@triton.jit
def layernorm_bwd(x, w, do, mean, rstd, dx, dw, db, n, rows, B: tl.constexpr):
    """Each program sums its rows' share of dw and db, and adds it to the result at the end."""
    p = tl.program_id(0)
    i = tl.arange(0, B)
    m = i < n
    w_ = tl.load(w + i, mask=m, other=0.0).to(tl.float32)
    sw = tl.zeros((B,), tl.float32)
    sb = tl.zeros((B,), tl.float32)
    for r in range(p * rows, (p + 1) * rows):
        v = tl.load(x + r * n + i, mask=m, other=0.0).to(tl.float32)
        g = tl.load(do + r * n + i, mask=m, other=0.0).to(tl.float32)
        q = tl.load(rstd + r)
        h = tl.where(m, (v - tl.load(mean + r)) * q, 0.0)
        gw = tl.where(m, g * w_, 0.0)
        c1 = tl.sum(h * gw, 0) / n
        c2 = tl.sum(gw, 0) / n
        tl.store(dx + r * n + i, ((gw - (h * c1 + c2)) * q).to(tl.bfloat16), mask=m)
        sw += g * h
        sb += g
    tl.atomic_add(dw + i, sw, mask=m)
    tl.atomic_add(db + i, sb, mask=m)


@triton.jit
def rope(x, cos, sin, o, heads, H: tl.constexpr):
    r = tl.program_id(0)
    i = tl.arange(0, H)
    c = tl.load(cos + r // heads * H + i)
    s = tl.load(sin + r // heads * H + i)
    a = tl.load(x + r * 2 * H + i).to(tl.float32)
    b = tl.load(x + r * 2 * H + H + i).to(tl.float32)
    tl.store(o + r * 2 * H + i, (a * c - b * s).to(tl.bfloat16))
    tl.store(o + r * 2 * H + H + i, (b * c + a * s).to(tl.bfloat16))


@triton.jit
def silu_mul(gate, up, o, n, B: tl.constexpr):
    i = tl.program_id(0) * B + tl.arange(0, B)
    m = i < n
    g = tl.load(gate + i, mask=m, other=0.0).to(tl.float32)
    u = tl.load(up + i, mask=m, other=0.0).to(tl.float32)
    tl.store(o + i, (g * tl.sigmoid(g) * u).to(tl.bfloat16), mask=m)


def normal(dtype, *shape):
    return {"tensor": dtype, "shape": list(shape), "fill": "normal"}


def integers(dtype, low, high, *shape):
    return {"tensor": dtype, "shape": list(shape), "fill": "integers", "low": low, "high": high}


def zeros(dtype, *shape):
    return {"tensor": dtype, "shape": list(shape), "fill": "zeros"}


def cases():
    bf, f32, i32 = "bfloat16", "float32", "int32"
    n = 64 << 20
    yield "add", add, (n // 1024,), dict(B=1024, num_warps=4), [
        normal(f32, n), normal(f32, n), zeros(f32, n), n]
    yield "softmax", softmax, (8192,), dict(B=4096, num_warps=8), [
        normal(f32, 8192, 4096), zeros(f32, 8192, 4096), 4096, 4096]
    yield "rmsnorm", rmsnorm, (8192,), dict(B=4096, num_warps=8), [
        normal(bf, 8192, 4096), normal(bf, 4096), zeros(bf, 8192, 4096), 4096, 4096]
    m = [normal(bf, 4096, 4096), normal(bf, 4096, 4096), zeros(bf, 4096, 4096), 4096, 4096]
    yield "matmul128", matmul, (32 * 32,), dict(BM=128, BN=128, BK=64, num_warps=8, num_stages=3), m
    yield "matmul64", matmul, (64 * 64,), dict(BM=64, BN=64, BK=32, num_warps=4, num_stages=3), m
    yield "matmul_int8", matmul_int8, (32 * 32,), dict(BM=128, BN=128, BK=64, num_warps=8, num_stages=3), [
        normal(bf, 4096, 4096), integers("int8", -127, 128, 4096, 4096), normal(f32, 4096), zeros(bf, 4096, 4096),
        4096, 4096]
    yield "gemv", gemv, (16384,), dict(B=1024, num_warps=4), [
        normal(bf, 16384, 8192), normal(bf, 8192), zeros(f32, 16384), 8192]
    yield "gemv_int4", gemv_int4, (16384,), dict(G=128, B=1024, num_warps=4), [
        integers("uint8", 0, 256, 16384, 4096), normal(bf, 8192), normal(f32, 16384, 64), zeros(f32, 16384), 8192]
    h, s, d = 32, 4096, 128
    heads = normal(bf, h, s, d)
    rows, out, scale = normal(f32, h, s), zeros(bf, h, s, d), 0.08838834764 * 1.44269504
    yield "attention", attention, (s // 128, h), dict(D=d, BM=128, BN=64, num_warps=8, num_stages=2), [
        heads, heads, heads, out, zeros(f32, h, s), s, scale]
    yield "attention_bwd_dkdv", attention_bwd_dkdv, (s // 64, h), dict(D=d, BM=64, BN=64, num_warps=8, num_stages=2), [
        heads, heads, heads, heads, rows, rows, out, out, s, scale]
    yield "attention_bwd_dq", attention_bwd_dq, (s // 64, h), dict(D=d, BM=64, BN=64, num_warps=4, num_stages=2), [
        heads, heads, heads, heads, rows, rows, out, s, scale]
    yield "histogram", histogram, ((32 << 20) // 1024,), dict(B=1024, num_warps=4), [
        integers(i32, 0, 65536, 32 << 20), zeros(i32, 65536), 32 << 20]
    yield "layernorm", layernorm, (8192,), dict(B=4096, num_warps=8), [
        normal(bf, 8192, 4096), normal(bf, 4096), normal(bf, 4096), zeros(bf, 8192, 4096), zeros(f32, 8192),
        zeros(f32, 8192), 4096]
    yield "layernorm_bwd", layernorm_bwd, (512,), dict(B=4096, num_warps=8), [
        normal(bf, 8192, 4096), normal(bf, 4096), normal(bf, 8192, 4096), normal(f32, 8192), normal(f32, 8192),
        zeros(bf, 8192, 4096), zeros(f32, 4096), zeros(f32, 4096), 4096, 16]
    yield "rope", rope, (4096 * 32,), dict(H=64, num_warps=1), [
        normal(bf, 4096 * 32, 128), normal(f32, 4096, 64), normal(f32, 4096, 64), zeros(bf, 4096 * 32, 128), 32]
    n = 4096 * 14336
    yield "silu_mul", silu_mul, (n // 1024,), dict(B=1024, num_warps=4), [
        normal(bf, n), normal(bf, n), zeros(bf, n), n]
