#include "data/datasets/cifar_names.h"

#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/files/read_file.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr int64_t kMaxNamesBytes = int64_t{1} << 16;

constexpr char kFineNames[] =
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl "
    "boy bridge bus butterfly camel can castle caterpillar cattle chair "
    "chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur "
    "dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard "
    "lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle "
    "mountain mouse mushroom oak_tree orange orchid otter palm_tree pear "
    "pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon "
    "ray road rocket rose sea seal shark shrew skunk skyscraper snail snake "
    "spider squirrel streetcar sunflower sweet_pepper table tank telephone "
    "television tiger tractor train trout tulip turtle wardrobe whale "
    "willow_tree wolf woman worm";

constexpr char kCoarseNames[] =
    "aquatic_mammals fish flowers food_containers fruit_and_vegetables "
    "household_electrical_devices household_furniture insects "
    "large_carnivores large_man-made_outdoor_things "
    "large_natural_outdoor_scenes large_omnivores_and_herbivores "
    "medium_mammals non-insect_invertebrates people reptiles small_mammals "
    "trees vehicles_1 vehicles_2";

}  // namespace

std::vector<std::string> Cifar10Names() {
  return {"airplane", "automobile", "bird",  "cat",  "deer",
          "dog",      "frog",       "horse", "ship", "truck"};
}

std::vector<std::string> Cifar100Names(DataParameter::Cifar100Labels labels) {
  return absl::StrSplit(
      labels == DataParameter::FINE ? kFineNames : kCoarseNames, ' ');
}

absl::StatusOr<std::vector<std::string>> ReadClassNames(const std::string& path,
                                                        int num_classes) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxNamesBytes));
  std::vector<std::string> names;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) names.emplace_back(line);
  }
  const size_t num_different =
      std::set<std::string>(names.begin(), names.end()).size();
  if (static_cast<int>(names.size()) == num_classes &&
      num_different == names.size()) {
    return names;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path, " holds ", num_different, " different names in ", names.size(),
      " lines, there are ", num_classes,
      " classes; fetch it again, or remove it: the names are known"));
}

}  // namespace tamp
