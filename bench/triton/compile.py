"""Compiles the kernels of kernels.py and writes <name>.ptx and kernels.json into a folder. Needs one GPU, PyTorch, Triton.

kernels.json says how each is launched: entry point, grid, threads of a block, bytes of dynamic shared memory, and
the parameters in the order of the PTX, with Triton's own trailing pointers as nulls.
"""
import json
import os
import re
import sys

import torch
import triton

from kernels import cases


def make(argument):
    if not isinstance(argument, dict):
        return argument
    dtype, shape = getattr(torch, argument["tensor"]), argument["shape"]
    if argument["fill"] == "zeros":
        return torch.zeros(shape, dtype=dtype, device="cuda")
    if argument["fill"] == "integers":
        return torch.randint(argument["low"], argument["high"], shape, dtype=dtype, device="cuda")
    return (torch.randn(shape, device="cuda") * 0.1).to(dtype)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    kernels = []
    for name, kernel, grid, constants, arguments in cases():
        compiled = kernel[grid](*[make(a) for a in arguments], **constants)
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        ptx = compiled.asm["ptx"]
        entry, declared = re.search(r"\.entry (\w+)\((.*?)\)", ptx, re.S).groups()
        types = re.findall(r"\.param \.(\w+)", declared)

        # Triton leaves out what is constant: integers that are 1.
        passed = [a for a in arguments if a != 1]
        parameters = passed + [{"null": True}] * (len(types) - len(passed))
        for index, (kind, value) in enumerate(zip(types, parameters)):
            if not isinstance(value, dict):
                parameters[index] = {"number": kind, "value": value}
        with open(os.path.join(folder, name + ".ptx"), "w") as file:
            # Debug sections name the machine that compiled them; the fence drops them anyway.
            file.write(re.sub(r"(?ms)^\s*\.section\s.*", "", re.sub(r"(?m)^\s*\.(file|loc)\s.*\n", "", ptx)))
        kernels.append({
            "name": name, "entry": entry, "grid": list(grid) + [1] * (3 - len(grid)),
            "threads": compiled.metadata.num_warps * 32, "shared": compiled.metadata.shared,
            "parameters": parameters})
        print(name, len(ptx), types, compiled.metadata.shared, flush=True)
    with open(os.path.join(folder, "kernels.json"), "w") as file:
        json.dump({"triton": triton.__version__, "torch": torch.__version__,
                   "device": torch.cuda.get_device_name(), "kernels": kernels}, file, indent=1)


main(sys.argv[1])
