// Where a relative path leads that stands in a file: a net that a solver names,
// a data set that a net names.
//
// What is read is looked for in the working folder, then beside the file that
// names it, then in the folder above: so solvers/x.prototxt finds a net of its
// own folder and net/y.prototxt of the workspace, wherever it is called from.
// What is written starts at the working folder, as do paths in flags.

#ifndef TAMP_CORE_FILES_NAMED_PATH_H_
#define TAMP_CORE_FILES_NAMED_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace tamp {

// The first that exists; `path` itself if none does, or if it is absolute. With
// an empty naming_file the working folder is all there is.
std::string ResolveNamedPath(absl::string_view path,
                             absl::string_view naming_file);

// For the message about a path that was not found: "; looked in the working
// folder, solvers and /home/me"; empty where there was nothing to look for.
std::string DescribeNamedPathSearch(absl::string_view path,
                                    absl::string_view naming_file);

// The file of a place in it: "net/x.prototxt" for "net/x.prototxt:41:3"; empty
// for what is no such place.
std::string FileOfLocation(absl::string_view location);

}  // namespace tamp

#endif  // TAMP_CORE_FILES_NAMED_PATH_H_
