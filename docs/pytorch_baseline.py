"""Times the networks of net/ in PyTorch, to compare with tools:time.

Prints images/s of whole training steps and of inference, median of the steps,
and the peak memory of the process. Needs Debian's python3-torch; for the best
that PyTorch gives, run it with jemalloc:

  LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2 \\
      python3 docs/pytorch_baseline.py --net=densenet40 --batch_size=64

On a GPU: --device=cuda, with --autocast for bfloat16 and --compile; memory is
then what PyTorch's allocator took at most. --json=FILE also writes the numbers.
"""

import argparse
import contextlib
import json
import resource
import statistics
import time

import torch
from torch import nn

# Growth, layers a block, bottleneck, share of channels that a transition keeps,
# side of an image.
NETS = {
    "densenet40": (12, (12, 12, 12), False, 1.0, 32),
    "densenet_bc121": (12, (6, 12, 24, 16), True, 0.5, 224),
    "densenet121": (32, (6, 12, 24, 16), True, 0.5, 224),
    "densenet_bc250": (24, (41, 41, 41), True, 0.5, 32),
}


class DenseLayer(nn.Module):
    def __init__(self, channels, growth, bottleneck, dropout):
        super().__init__()
        layers = []
        if bottleneck:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
                       nn.Conv2d(channels, 4 * growth, 1, bias=False)]
            channels = 4 * growth
        layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
                   nn.Conv2d(channels, growth, 3, padding=1, bias=False)]
        if dropout:
            layers.append(nn.Dropout(dropout))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return torch.cat([x, self.layers(x)], 1)


def densenet(name):
    growth, blocks, bottleneck, kept, side = NETS[name]
    channels = 2 * growth if bottleneck else 64
    if side == 224:
        channels = 64
        layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
                  nn.BatchNorm2d(64), nn.ReLU(inplace=True),
                  nn.MaxPool2d(3, stride=2, padding=1)]
    else:
        layers = [nn.Conv2d(3, channels, 3, padding=1, bias=False)]
    for block, depth in enumerate(blocks):
        for _ in range(depth):
            layers.append(DenseLayer(channels, growth, bottleneck,
                                     0.2 if name == "densenet40" else 0))
            channels += growth
        if block + 1 < len(blocks):
            out = int(channels * kept)
            layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
                       nn.Conv2d(channels, out, 1, bias=False),
                       nn.AvgPool2d(2)]
            channels = out
    layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True),
               nn.AdaptiveAvgPool2d(1), nn.Flatten(),
               nn.Linear(channels, 1000 if name == "densenet121" else 10)]
    return nn.Sequential(*layers), side


def median_seconds(step, warmup, steps, device):
    """Of steps that are waited for, one by one."""
    seconds = []
    for i in range(warmup + steps):
        start = time.perf_counter()
        step()
        if device == "cuda":
            torch.cuda.synchronize()
        if i >= warmup:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def peak_bytes(device):
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def versions(device):
    if device == "cpu":
        return f"torch {torch.__version__}"
    return (f"torch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, "
            f"{torch.cuda.get_device_name()}")


def parse_flags():
    flags = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    flags.add_argument("--net", choices=sorted(NETS), default="densenet40")
    flags.add_argument("--batch_size", type=int, default=64)
    flags.add_argument("--warmup", type=int, default=1)
    flags.add_argument("--steps", type=int, default=3)
    flags.add_argument("--threads", type=int, default=2)
    flags.add_argument("--layout", choices=["nchw", "channels_last"],
                       default="channels_last")
    flags.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    flags.add_argument("--autocast", action="store_true")
    flags.add_argument("--compile", action="store_true")
    flags.add_argument("--json", default="")
    return flags.parse_args()


def main():
    flags = parse_flags()
    device = flags.device
    torch.set_num_threads(flags.threads)
    torch.manual_seed(1)
    torch.backends.cudnn.benchmark = True  # it takes the fastest convolutions

    net, side = densenet(flags.net)
    parameters = sum(p.numel() for p in net.parameters())
    net = net.to(device)
    images = torch.randn(flags.batch_size, 3, side, side, device=device)
    labels = torch.randint(0, 10, (flags.batch_size,), device=device)
    if flags.layout == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9,
                          weight_decay=1e-4)
    model = torch.compile(net) if flags.compile else net

    def precision():
        if flags.autocast:
            return torch.autocast(device, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def train():
        sgd.zero_grad(set_to_none=True)
        with precision():
            loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        sgd.step()

    def infer():
        with torch.inference_mode(), precision():
            model(images)

    print(f"{flags.net}, {versions(device)}, batch {flags.batch_size}, "
          f"{flags.threads} threads, {flags.layout}, {parameters} parameters")
    seconds = median_seconds(train, flags.warmup, flags.steps, device)
    report = {"images_per_second_train": flags.batch_size / seconds,
              "step_ms": 1e3 * seconds, "peak_bytes": peak_bytes(device),
              "versions": versions(device)}
    print(f"training   {report['images_per_second_train']:8.1f} images/s")
    print(f"peak {'RSS' if device == 'cpu' else 'GPU'}   "
          f"{report['peak_bytes'] / 2**20:8.0f} MiB")
    if flags.json:  # what asks for it wants the training's numbers
        with open(flags.json, "w", encoding="utf-8") as file:
            json.dump(report, file)
        return
    net.eval()
    seconds = median_seconds(infer, flags.warmup, flags.steps, device)
    print(f"inference  {flags.batch_size / seconds:8.1f} images/s")


if __name__ == "__main__":
    main()
