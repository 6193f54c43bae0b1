#include "data/fetch/fetch_cifar10.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/files/read_file.h"
#include "data/datasets/cifar.h"
#include "data/fetch/unpack.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Entry {
  std::string name;
  std::string bytes;
  int type = AE_IFREG;
  std::string link_target = {};
};

// Writes a .tar.gz to `path`.
void WriteArchive(const std::string& path, const std::vector<Entry>& entries) {
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_pax_restricted(writer);
  CHECK_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const Entry& e : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, e.name.c_str());
    archive_entry_set_filetype(entry, e.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, e.bytes.size());
    if (e.type == AE_IFLNK) {
      archive_entry_set_symlink(entry, e.link_target.c_str());
    } else if (!e.link_target.empty()) {
      archive_entry_set_hardlink(entry, e.link_target.c_str());
    }
    CHECK_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    archive_write_data(writer, e.bytes.data(), e.bytes.size());
    archive_entry_free(entry);
  }
  CHECK_EQ(archive_write_free(writer), ARCHIVE_OK);
}

std::string ReadAll(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadFile(path, 1 << 24);
  CHECK_OK(bytes.status());
  return *bytes;
}

// A file:// URL with the checksum that the file has.
RemoteFile Remote(const std::string& path) {
  const std::string bytes = ReadAll(path);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK_EQ(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(),
                      nullptr),
           1);
  return {"file://" + path,
          absl::BytesToHexString(
              absl::string_view(reinterpret_cast<const char*>(digest), size)),
          static_cast<int64_t>(bytes.size())};
}

std::vector<Entry> Cifar10Entries() {
  std::vector<Entry> entries = {{"cifar-10-batches-bin/", "", AE_IFDIR}};
  for (const char* name :
       {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
        "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}) {
    entries.push_back(
        {absl::StrCat("cifar-10-batches-bin/", name), CifarRecords({1, 2, 3})});
  }
  return entries;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST(FetchCifar10Test, FetchesOnceAndUnpacks) {
  const std::string server = EmptyFolder("server");
  const std::string folder = EmptyFolder("fetched") + "/data/cifar10";
  WriteArchive(server + "/a.tar.gz", Cifar10Entries());
  const RemoteFile remote = Remote(server + "/a.tar.gz");
  int64_t received = 0;
  ASSERT_OK(FetchMissingCifar10(folder, remote, [&](int64_t bytes, int64_t) {
    received = bytes;
    return true;
  }));
  EXPECT_EQ(received, remote.max_bytes);
  EXPECT_THAT(FilesIn(folder), ElementsAre("cifar-10-batches-bin"));
  ASSERT_OK_AND_ASSIGN(const auto train,
                       OpenCifar10(folder, DataParameter::TRAIN));
  EXPECT_EQ(train->size(), 15);
  // A second time nothing is asked for.
  EXPECT_OK(FetchMissingCifar10(folder, {"file:///none", "", 0}, nullptr));
}

TEST(FetchCifar10Test, CanBeStopped) {
  const std::string server = EmptyFolder("server_stopped");
  const std::string folder = EmptyFolder("stopped") + "/cifar10";
  WriteArchive(server + "/a.tar.gz", Cifar10Entries());
  const RemoteFile remote = Remote(server + "/a.tar.gz");
  EXPECT_THAT(FetchMissingCifar10(folder, remote,
                                  [](int64_t, int64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled,
                       "cannot fetch " + remote.url + ": stopped"));
  EXPECT_THAT(FilesIn(folder), IsEmpty());
}

TEST(FetchCifar10Test, SaysWhatToDoWhenItFails) {
  const std::string folder = EmptyFolder("unfetched") + "/cifar10";
  EXPECT_THAT(
      FetchMissingCifar10(folder, {"file:///none/a.tar.gz", "", 9}, nullptr),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("CIFAR-10 is not in " + folder),
                     HasSubstr("cannot fetch file:///none/a.tar.gz: "),
                     HasSubstr("--data_dir"),
                     HasSubstr("./bazelw run //tools:train -- "
                               "--solver=solvers/fashion_mnist.prototxt"))));
  EXPECT_THAT(FilesIn(folder), IsEmpty());
}

TEST(FetchCifar10Test, RefusesOtherBytes) {
  const std::string server = EmptyFolder("server_bad");
  const std::string folder = EmptyFolder("bad");
  WriteArchive(server + "/a.tar.gz", Cifar10Entries());
  RemoteFile remote = Remote(server + "/a.tar.gz");
  remote.sha256[0] = remote.sha256[0] == '0' ? '1' : '0';
  EXPECT_THAT(
      FetchMissingCifar10(folder, remote, nullptr),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("its SHA-256 is ")));
  remote = Remote(server + "/a.tar.gz");
  --remote.max_bytes;
  EXPECT_THAT(FetchMissingCifar10(folder, remote, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("more than the expected")));
  EXPECT_THAT(FilesIn(folder), IsEmpty());

  // An archive that is not CIFAR-10, and one that was cut off by its maker.
  WriteArchive(server + "/b.tar.gz", {{"cifar-10-batches-bin/x", "x"}});
  EXPECT_THAT(
      FetchMissingCifar10(folder, Remote(server + "/b.tar.gz"), nullptr),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("does not hold CIFAR-10's files")));
  const std::string whole = ReadAll(server + "/a.tar.gz");
  WriteBytes(server + "/c.tar.gz", whole.substr(0, whole.size() / 2));
  EXPECT_FALSE(
      FetchMissingCifar10(folder, Remote(server + "/c.tar.gz"), nullptr).ok());
  EXPECT_THAT(FilesIn(folder), IsEmpty());
}

TEST(FetchCifar10Test, FetchesNothingBesideTheFilesOfOthers) {
  const std::string server = EmptyFolder("server_way");
  WriteArchive(server + "/a.tar.gz", Cifar10Entries());
  const auto fetch = [&](const std::string& folder) {
    return FetchMissingCifar10(folder, Remote(server + "/a.tar.gz"),
                               [](int64_t, int64_t) {
                                 ADD_FAILURE() << "fetches";
                                 return false;
                               });
  };
  const std::string folder = EmptyFolder("way");
  WriteBytes(folder + "/cifar-10-batches-bin/mine", "mine");
  WriteBytes(folder + "/photo.jpg", "mine");
  EXPECT_THAT(fetch(folder),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(folder + ", which holds cifar-10-batches-bin "
                                          "and 1 more; nothing is fetched")));
  EXPECT_EQ(FilesIn(folder).size(), 2u);
  const std::string hundred = EmptyFolder("way_100");
  WriteBytes(hundred + "/cifar-100-binary/train.bin", "0");
  WriteBytes(hundred + "/cifar-100-binary/test.bin", "0");
  EXPECT_THAT(fetch(hundred),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(hundred + " holds CIFAR-100"),
                             HasSubstr("backend: CIFAR100"))));
  EXPECT_EQ(FilesIn(hundred).size(), 1u);
}

TEST(FetchCifar10Test, ClearsItsOwnLeftovers) {
  const std::string server = EmptyFolder("server_left");
  WriteArchive(server + "/a.tar.gz", Cifar10Entries());
  const std::string folder = EmptyFolder("left");
  WriteBytes(folder + "/.download/archive", "half of it");
  EXPECT_OK(FetchMissingCifar10(folder, Remote(server + "/a.tar.gz"), nullptr));
  EXPECT_THAT(FilesIn(folder), ElementsAre("cifar-10-batches-bin"));
}

TEST(FetchCifar10Test, FollowsNoOtherProtocols) {
  EXPECT_THAT(Download({"ftp://localhost/x", "", 9}, EmptyFolder("ftp") + "/x",
                       nullptr),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("cannot fetch ftp://localhost/x")));
}

class UnpackTest : public testing::Test {
 protected:
  absl::Status UnpackThese(const std::vector<Entry>& entries) {
    const std::string path = EmptyFolder("unpack_archive") + "/a.tar.gz";
    WriteArchive(path, entries);
    outer_ = EmptyFolder("unpack");
    std::filesystem::create_directories(outer_ + "/inner");
    return Unpack(path, outer_ + "/inner", {100, 4});
  }

  std::string outer_;
};

TEST_F(UnpackTest, WritesFilesAndFolders) {
  ASSERT_OK(UnpackThese({{"./a", "1"}, {"b/", "", AE_IFDIR}, {"c/d/e", "23"}}));
  EXPECT_EQ(ReadAll(outer_ + "/inner/a"), "1");
  EXPECT_TRUE(std::filesystem::is_directory(outer_ + "/inner/b"));
  EXPECT_EQ(ReadAll(outer_ + "/inner/c/d/e"), "23");
}

TEST_F(UnpackTest, RefusesPathsThatLeadOut) {
  for (const char* name :
       {"../x", "a/../../x", "/tmp/tamp_unpack_x", "a/..", "a//b"}) {
    EXPECT_THAT(UnpackThese({{name, "1"}}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("would lead out of the folder")))
        << name;
    EXPECT_THAT(FilesIn(outer_), ElementsAre("inner"));
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/tamp_unpack_x"));
}

TEST_F(UnpackTest, RefusesLinks) {
  EXPECT_THAT(UnpackThese({{"a", "", AE_IFLNK, ".."}, {"a/x", "1"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a is neither a file nor a folder")));
  EXPECT_THAT(FilesIn(outer_), ElementsAre("inner"));
  EXPECT_THAT(UnpackThese({{"a", "1"}, {"b", "", AE_IFREG, "a"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("b is neither a file nor a folder")));
  EXPECT_THAT(UnpackThese({{"a", "", AE_IFIFO}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a is neither a file nor a folder")));
}

TEST_F(UnpackTest, RefusesTwice) {
  EXPECT_FALSE(UnpackThese({{"a", "1"}, {"a", "2"}}).ok());
  EXPECT_EQ(ReadAll(outer_ + "/inner/a"), "1");
}

TEST_F(UnpackTest, KeepsToTheLimits) {
  EXPECT_OK(
      UnpackThese({{"a", std::string(60, 'a')}, {"b", std::string(40, 'b')}}));
  EXPECT_THAT(
      UnpackThese({{"a", std::string(60, 'a')}, {"b", std::string(41, 'b')}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("goes beyond the 100 bytes")));
  EXPECT_THAT(
      UnpackThese({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}, {"e", ""}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("e is more than the 4 entries")));
}

TEST_F(UnpackTest, RefusesOtherFiles) {
  const std::string folder = EmptyFolder("no_archive");
  WriteBytes(folder + "/text", "no archive");
  EXPECT_THAT(Unpack(folder + "/text", folder, {100, 4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(folder + "/text: ")));
  EXPECT_FALSE(Unpack(folder + "/none", folder, {100, 4}).ok());
}

}  // namespace
}  // namespace tamp
