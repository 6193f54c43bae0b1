"""Finds CUDA's libraries on the machine that checks."""

import glob
import os
import re

# Below CUDA_HOME, below Python's package `nvidia`, and of drivers in containers.
_HOME_FOLDERS = ("lib64", "lib", "targets/x86_64-linux/lib")
_PACKAGE_FOLDERS = "nvidia/*/lib"
_DRIVER_FOLDERS = ("/usr/local/nvidia/lib64", "/usr/lib/wsl/lib")

# cuDNN opens them when it compiles kernels; programs do not name them.
OPTIONAL = ("libnvrtc.so.13", "libnvJitLink.so.13")


def ldconfig_folders(text):
    """The folders of the files that `ldconfig -p` lists, the first ones first."""
    paths = re.findall(r"=> (/\S+)$", text, re.MULTILINE)
    return list(dict.fromkeys(os.path.dirname(path) for path in paths))


def candidate_folders(environ, ldconfig_text, python_path):
    """All folders that may hold them, the preferred ones first.

    Args:
      environ: CUDA_HOME and LD_LIBRARY_PATH are read.
      ldconfig_text: what `ldconfig -p` prints.
      python_path: folders of Python packages.
    """
    folders = []
    home = environ.get("CUDA_HOME") or "/usr/local/cuda"
    folders += [os.path.join(home, folder) for folder in _HOME_FOLDERS]
    folders += environ.get("LD_LIBRARY_PATH", "").split(":")
    folders += ldconfig_folders(ldconfig_text)
    for package in python_path:
        folders += sorted(glob.glob(os.path.join(glob.escape(package),
                                                 _PACKAGE_FOLDERS)))
    folders += _DRIVER_FOLDERS
    return [folder for folder in dict.fromkeys(folders)
            if folder and os.path.isdir(folder)]


def find(names, folders):
    """{name: folder} of those that are found."""
    found = {}
    for name in names:
        for folder in folders:
            if os.path.exists(os.path.join(folder, name)):
                found[name] = folder
                break
    return found


def library_path(own_folder, found):
    """LD_LIBRARY_PATH: what the folder brought, then CUDA's."""
    return ":".join(dict.fromkeys([own_folder, *found.values()]))
