#include "data/fetch/download.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr long kConnectSeconds = 20;  // curl's options are of type long
constexpr long kSlowSeconds = 60;
constexpr long kSlowBytesPerSecond = 1000;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    CHECK(context_ != nullptr);
    CHECK_EQ(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr), 1);
  }
  void Add(const char* bytes, size_t size) {
    CHECK_EQ(EVP_DigestUpdate(context_.get(), bytes, size), 1);
  }
  // In hexadecimal; ends the computation.
  std::string Finish() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    CHECK_EQ(EVP_DigestFinal_ex(context_.get(), digest, &size), 1);
    return absl::BytesToHexString(
        absl::string_view(reinterpret_cast<const char*>(digest), size));
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// What the callbacks of curl work on.
struct Transfer {
  const RemoteFile* remote;
  const DownloadProgress* progress;
  std::FILE* file;
  Sha256 sha256;
  int64_t received_bytes = 0;
  absl::Status status;  // of the callbacks; an error stops curl
};

size_t Receive(char* bytes, size_t /*one*/, size_t size, void* data) {
  auto* transfer = static_cast<Transfer*>(data);
  transfer->received_bytes += size;
  if (transfer->received_bytes > transfer->remote->max_bytes) {
    transfer->status = absl::InvalidArgumentError(
        absl::StrCat("it has more than the expected ",
                     transfer->remote->max_bytes, " bytes"));
    return 0;
  }
  transfer->sha256.Add(bytes, size);
  if (std::fwrite(bytes, 1, size, transfer->file) != size) {
    transfer->status = absl::ErrnoToStatus(errno, "it cannot be stored");
    return 0;
  }
  return size;
}

int ReportProgress(void* data, curl_off_t total, curl_off_t received,
                   curl_off_t /*upload_total*/, curl_off_t /*uploaded*/) {
  auto* transfer = static_cast<Transfer*>(data);
  if (!*transfer->progress || (*transfer->progress)(received, total)) return 0;
  transfer->status = absl::CancelledError("stopped");
  return 1;
}

void SetOptions(CURL* curl, Transfer* transfer, char* error) {
  curl_easy_setopt(curl, CURLOPT_URL, transfer->remote->url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowBytesPerSecond);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ReportProgress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

absl::Status Perform(Transfer* transfer) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(
      curl_easy_init(), curl_easy_cleanup);
  CHECK(curl != nullptr);
  char error[CURL_ERROR_SIZE] = "";
  SetOptions(curl.get(), transfer, error);
  const CURLcode code = curl_easy_perform(curl.get());
  RETURN_IF_ERROR(transfer->status);
  if (code != CURLE_OK) {
    return absl::UnavailableError(error[0] != '\0' ? error
                                                   : curl_easy_strerror(code));
  }
  const std::string sha256 = transfer->sha256.Finish();
  if (sha256 == transfer->remote->sha256) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "its SHA-256 is ", sha256, " instead of ", transfer->remote->sha256));
}

}  // namespace

absl::Status Download(const RemoteFile& file, const std::string& path,
                      const DownloadProgress& progress) {
  std::FILE* stream = std::fopen(path.c_str(), "wb");
  if (stream == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  }
  Transfer transfer;
  transfer.remote = &file;
  transfer.progress = &progress;
  transfer.file = stream;
  absl::Status status = Perform(&transfer);
  if (std::fclose(stream) != 0 && status.ok()) {
    status = absl::ErrnoToStatus(errno, "it cannot be stored");
  }
  if (status.ok()) return status;
  unlink(path.c_str());
  return absl::Status(status.code(), absl::StrCat("cannot fetch ", file.url,
                                                  ": ", status.message()));
}

}  // namespace tamp
