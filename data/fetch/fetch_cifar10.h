// CIFAR-10 from its publisher.

#ifndef TAMP_DATA_FETCH_FETCH_CIFAR10_H_
#define TAMP_DATA_FETCH_FETCH_CIFAR10_H_

#include <string>

#include "absl/status/status.h"
#include "data/fetch/download.h"

namespace tamp {

// The publisher's archive of the binary files, 170 MB.
RemoteFile Cifar10Archive();

// Does nothing where `folder` holds CIFAR-10 (data/datasets/cifar.h). Otherwise
// fetches the archive, makes the folder where needed, and unpacks into it the
// archive's folder "cifar-10-batches-bin", which appears all at once. Meanwhile
// "<folder>/.download" is in use. Nothing is put beside the files of others: a
// folder that holds anything else, CIFAR-100 perhaps, is an error that names
// it. Errors say where the data was looked for, where it comes from, and what
// to do without a network.
absl::Status FetchMissingCifar10(const std::string& folder,
                                 const RemoteFile& archive,
                                 const DownloadProgress& progress);

}  // namespace tamp

#endif  // TAMP_DATA_FETCH_FETCH_CIFAR10_H_
