"""A repository of libraries, made of what pkg-config says about them.

A library is `library(name, package, modules)`: its target, the Debian package
that has it, and its names for pkg-config (several where it comes in parts).
"""

def library(name, package, modules, testonly = False):
    return struct(
        name = name,
        package = package,
        modules = modules,
        testonly = testonly,
    )

def _run(ctx, command):
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("%s: %s" % (" ".join(command), result.stderr))
    return result.stdout.strip()

# All that is missing at once, so that one command repairs it.
def _check_installed(ctx, pkg_config):
    missing = []
    packages = []
    for name, modules in ctx.attr.modules.items():
        for module in modules:
            if ctx.execute([pkg_config, "--exists", module]).return_code != 0:
                missing.append(module)
                if ctx.attr.packages[name] not in packages:
                    packages.append(ctx.attr.packages[name])
    if missing:
        fail("pkg-config does not find %s; on Debian: apt-get install %s" %
             (", ".join(missing), " ".join(packages)))

# Where the compiler looks by itself.
def _own_folders(ctx):
    compiler = ctx.os.environ.get("CC", "gcc")
    multiarch = _run(ctx, [compiler, "-print-multiarch"])
    return ["/usr/include", "/usr/include/" + multiarch]

# Splits what `pkg-config --cflags` says into folders of headers and defines.
def _parse_cflags(name, text):
    folders = []
    defines = []
    rest = text.replace("-isystem ", "-I").split(" ")
    for flag in [flag for flag in rest if flag]:
        if flag.startswith("-I"):
            folder = flag[2:].rstrip("/")
            if folder not in folders:
                folders.append(folder)
        elif flag.startswith("-D"):
            defines.append(flag[2:])
        else:
            fail("%s: no rule for pkg-config's flag %s" % (name, flag))
    return folders, defines

# The version is a define, so that what uses a library is compiled again after
# an upgrade, although Bazel does not see the headers in /usr/include.
def _describe(ctx, pkg_config, name, own_folders):
    modules = ctx.attr.modules[name]
    cflags = _run(ctx, [pkg_config, "--cflags"] + modules)
    libs = _run(ctx, [pkg_config, "--libs"] + modules)
    version = _run(ctx, [pkg_config, "--modversion", modules[0]])
    folders, defines = _parse_cflags(name, cflags)
    links = []
    for folder in folders:
        if folder not in own_folders:
            links.append("%s/%d" % (name, len(links)))
            ctx.symlink(folder, links[-1])
    return _TARGET % (
        name,
        defines + ["%s_LIBRARY_VERSION=%s" % (name.upper(), version)],
        [link + "/**" for link in links],
        links,
        [flag for flag in libs.split(" ") if flag],
    )

# Of what pkg-config lists, a binary keeps only what it calls.
_TARGET = """
cc_library(
    name = "%s",
    defines = %r,
    hdrs = glob(%r, allow_empty = True),
    includes = %r,
    linkopts = ["-Wl,--push-state,--as-needed"] + %r + ["-Wl,--pop-state"],
)
"""

def _pkg_config_repository_impl(ctx):
    pkg_config = ctx.which("pkg-config")
    if pkg_config == None:
        fail("there is no pkg-config; on Debian: apt-get install pkgconf")
    _check_installed(ctx, pkg_config)
    own_folders = _own_folders(ctx)
    targets = [
        _describe(ctx, pkg_config, name, own_folders)
        for name in ctx.attr.modules
    ]
    header = "package(default_visibility = [%r])\n" % ctx.attr.users
    ctx.file("BUILD", header + "".join(targets))

# Asks again whenever Bazel starts.
_pkg_config_repository = repository_rule(
    implementation = _pkg_config_repository_impl,
    attrs = {
        "modules": attr.string_list_dict(mandatory = True),
        "packages": attr.string_dict(mandatory = True),
        "users": attr.string(mandatory = True),
    },
    environ = ["CC", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_PATH"],
    local = True,
)

def pkg_config_repository(name, libraries, users):
    """Makes `@name//:LIBRARY` for each of `libraries`.

    Args:
      name: of the repository.
      libraries: a list of `library(...)`.
      users: the only package that sees them.
    """
    _pkg_config_repository(
        name = name,
        modules = {library.name: library.modules for library in libraries},
        packages = {library.name: library.package for library in libraries},
        users = users,
    )
