"""Times the networks of net/ in PyTorch, to compare with tools:time.

Prints images/s of whole training steps and of inference, median of the steps,
and the peak memory of the process. Needs Debian's python3-torch; for the best
that PyTorch gives, run it with jemalloc:

  LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2 \\
      python3 docs/pytorch_baseline.py --net=densenet40 --batch_size=64
"""

import argparse
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


def median_seconds(step, steps):
    step()  # the first one also allocates
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main():
    flags = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    flags.add_argument("--net", choices=sorted(NETS), default="densenet40")
    flags.add_argument("--batch_size", type=int, default=64)
    flags.add_argument("--steps", type=int, default=3)
    flags.add_argument("--threads", type=int, default=2)
    flags.add_argument("--layout", choices=["nchw", "channels_last"],
                       default="channels_last")
    flags = flags.parse_args()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(1)

    net, side = densenet(flags.net)
    images = torch.randn(flags.batch_size, 3, side, side)
    labels = torch.randint(0, 10, (flags.batch_size,))
    if flags.layout == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9,
                          weight_decay=1e-4)

    def train():
        sgd.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(net(images), labels).backward()
        sgd.step()

    def infer():
        with torch.inference_mode():
            net(images)

    parameters = sum(p.numel() for p in net.parameters())
    print(f"{flags.net}, torch {torch.__version__}, batch {flags.batch_size}, "
          f"{flags.threads} threads, {flags.layout}, {parameters} parameters")
    rate = flags.batch_size / median_seconds(train, flags.steps)
    print(f"training   {rate:8.1f} images/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak RSS   {peak:8.0f} MiB")
    net.eval()
    rate = flags.batch_size / median_seconds(infer, flags.steps)
    print(f"inference  {rate:8.1f} images/s")


if __name__ == "__main__":
    main()
