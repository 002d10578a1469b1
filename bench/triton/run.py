"""Runs each kernel of a folder unfenced, fenced and checked, compares the results bit for bit, and times them in turns.

    python3 run.py BENCH FOLDER [ROUNDS]

BENCH is the program TensorWasm.Gpu.Bench, which fences and assembles as for a tenant; the unfenced kernel is loaded as any
program would load it. Needs one GPU with 64 GiB free, PyTorch and cuda-python: the tensors lie in
a 32 GiB region, aligned to its size, as a tenant's would. Prints a Markdown table of medians.
"""
import ctypes
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

import torch
from cuda.bindings import driver

REGION = 32 << 30
ATTRIBUTE = driver.CUfunction_attribute


def check(result):
    if result[0] != driver.CUresult.CUDA_SUCCESS:
        raise RuntimeError(str(result[0]))
    return result[1] if len(result) == 2 else result[1:]


def value_of(description):
    dtype, shape = getattr(torch, description["tensor"]), description["shape"]
    if description["fill"] == "zeros":
        return torch.zeros(shape, dtype=dtype, device="cuda")
    if description["fill"] == "integers":
        return torch.randint(description["low"], description["high"], shape, dtype=dtype, device="cuda")
    return (torch.randn(shape, device="cuda") * 0.1).to(dtype)


class Region:
    def __init__(self):
        self.pool = torch.empty(2 * REGION, dtype=torch.uint8, device="cuda")
        self.base = (self.pool.data_ptr() + REGION - 1) // REGION * REGION
        self.clear()

    def clear(self):
        self.offset = self.base - self.pool.data_ptr()

    def place(self, tensor):
        size = tensor.numel() * tensor.element_size()
        placed = self.pool[self.offset:self.offset + size].view(tensor.dtype).view(tensor.shape)
        self.offset += (size + 511) // 512 * 512
        placed.copy_(tensor)
        return placed


class Variant:
    def __init__(self, kernel, code, arguments):
        self.module = check(driver.cuModuleLoadData(code))
        self.function = check(driver.cuModuleGetFunction(self.module, kernel["entry"].encode()))
        if kernel["shared"] > 0:
            check(driver.cuFuncSetAttribute(
                self.function, ATTRIBUTE.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, kernel["shared"]))
        self.kernel, self.arguments = kernel, arguments
        self.pointers = (ctypes.c_void_p * len(arguments))(*[ctypes.addressof(a) for a in arguments])
        self.times = []

    def launch(self):
        check(driver.cuLaunchKernel(
            self.function, *self.kernel["grid"], self.kernel["threads"], 1, 1, self.kernel["shared"],
            torch.cuda.current_stream().cuda_stream, ctypes.addressof(self.pointers), 0))

    def registers(self):
        return int(check(driver.cuFuncGetAttribute(ATTRIBUTE.CU_FUNC_ATTRIBUTE_NUM_REGS, self.function)))

    def blocks(self):
        return check(driver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            self.function, self.kernel["threads"], self.kernel["shared"]))


def main(bench, folder, rounds):
    region = Region()
    status = torch.zeros(64, dtype=torch.uint8, device="cuda")
    with open(os.path.join(folder, "kernels.json")) as file:
        description = json.load(file)
    fenced = tempfile.mkdtemp()
    subprocess.run([bench, "--assemble", folder, fenced], check=True)
    with open(os.path.join(fenced, "hidden.json")) as file:
        hidden = json.load(file)
    print(f"{torch.cuda.get_device_name()}, Triton {description['triton']}, PyTorch {torch.__version__}; "
          f"{rounds} rounds, medians\n")
    print("| kernel | unfenced, us | fence | check | registers | fence | check | blocks/SM | fence | check | results |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    ratios = {"fence": [], "check": []}
    for kernel in description["kernels"]:
        region.clear()
        torch.manual_seed(1)
        arguments, results = [], []
        for parameter in kernel["parameters"]:
            if parameter.get("null"):
                arguments.append(ctypes.c_uint64(0))
            elif "tensor" in parameter:
                tensor = region.place(value_of(parameter))
                arguments.append(ctypes.c_uint64(tensor.data_ptr()))
                if parameter["fill"] == "zeros":
                    results.append(tensor)
            elif parameter["number"] == "f32":
                arguments.append(ctypes.c_float(parameter["value"]))
            elif parameter["number"].endswith("64"):
                arguments.append(ctypes.c_uint64(parameter["value"]))
            else:
                arguments.append(ctypes.c_int32(parameter["value"]))
        path = os.path.join(folder, kernel["name"] + ".ptx")
        with open(path, "rb") as file:
            variants = {"raw": Variant(kernel, file.read() + b"\0", arguments)}
        for mode in ratios:
            known = {"RegionBase": region.base, "RegionMask": REGION - 1, "Globals": region.base,
                     "Status": status.data_ptr(), "Deadline": 2 ** 63 - 1}
            name = f"{kernel['name']}.{mode}"
            more = [ctypes.c_uint64(known[parameter]) for parameter in hidden[name]]
            with open(os.path.join(fenced, name + ".cubin"), "rb") as file:
                variants[mode] = Variant(kernel, file.read(), arguments + more)

        expected, verdicts = None, []
        for variant in variants.values():
            for tensor in results:
                tensor.zero_()
            variant.launch()
            torch.cuda.synchronize()
            got = [tensor.clone() for tensor in results]
            if expected is None:
                expected = got
            elif all(torch.equal(a.view(torch.uint8), b.view(torch.uint8)) for a, b in zip(expected, got)):
                verdicts.append("equal")
            else:
                most = max(float((a.double() - b.double()).abs().max()) for a, b in zip(expected, got))
                verdicts.append(f"within {most:.1e}")
        for _ in range(rounds):
            for variant in variants.values():
                start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
                start.record()
                for _ in range(3):
                    variant.launch()
                end.record()
                torch.cuda.synchronize()
                variant.times.append(start.elapsed_time(end) / 3 * 1e3)
        if int(status.view(torch.int32)[0]) != 0:
            raise RuntimeError(f"{kernel['name']} was stopped")
        medians = {name: statistics.median(variant.times) for name, variant in variants.items()}
        for mode in ratios:
            ratios[mode].append(medians[mode] / medians["raw"])
        print(f"| {kernel['name']} | {medians['raw']:.1f} | {ratios['fence'][-1]:.3f} | {ratios['check'][-1]:.3f} | "
              + " | ".join(str(variant.registers()) for variant in variants.values()) + " | "
              + " | ".join(str(variant.blocks()) for variant in variants.values())
              + f" | {', '.join(dict.fromkeys(verdicts))} |", flush=True)
    print()
    for mode, values in ratios.items():
        mean = math.exp(sum(map(math.log, values)) / len(values))
        print(f"{mode}: geometric mean {mean:.3f}, worst {max(values):.3f}")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 40)
