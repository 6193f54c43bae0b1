// nvcc's ELF files have a section .nv.info.K for each kernel K and one .nv.info
// for all of them: lists of attributes, each a format, a number, and a value or
// its size and the value. The shared memory of K is the section .nv.shared.K.

#include "tests/cuda_judge/code/kernel_code.h"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "tests/cuda_judge/code/bytes.h"

namespace tamp {
namespace cuda_judge {
namespace {

constexpr uint8_t kSizedValue = 4;  // the format
constexpr uint8_t kMostThreads = 0x05;
constexpr uint8_t kStackOfKernel = 0x12;
constexpr uint8_t kParameter = 0x17;
constexpr uint8_t kRegisters = 0x2f;

constexpr std::string_view kInfo = ".nv.info.";
constexpr std::string_view kShared = ".nv.shared.";

// From this architecture on shared memory begins with what is the system's.
constexpr int kFirstWithSystemShared = 90;
constexpr int kSystemSharedBytes = 1024;

struct Section {
  std::string_view name;
  Elf64_Shdr head;
};

std::string_view TextAt(std::string_view elf, const Elf64_Shdr& texts,
                        size_t place) {
  const std::string_view all = Part(elf, texts.sh_offset, texts.sh_size);
  CHECK(place < all.size()) << "a name behind the names";
  return all.substr(place, all.find('\0', place) - place);
}

std::vector<Section> SectionsOf(std::string_view elf) {
  const auto head = ReadAt<Elf64_Ehdr>(elf, 0);
  CHECK_EQ(
      std::string_view(reinterpret_cast<const char*>(head.e_ident), SELFMAG),
      ELFMAG);
  std::vector<Section> sections(head.e_shnum);
  for (size_t i = 0; i < sections.size(); ++i) {
    sections[i].head =
        ReadAt<Elf64_Shdr>(elf, head.e_shoff + i * sizeof(Elf64_Shdr));
  }
  for (Section& section : sections) {
    section.name =
        TextAt(elf, sections.at(head.e_shstrndx).head, section.head.sh_name);
  }
  return sections;
}

// What follows `prefix`, which the section's name begins with, or "".
std::string_view KernelOf(const Section& section, std::string_view prefix) {
  return section.name.substr(0, prefix.size()) == prefix
             ? section.name.substr(prefix.size())
             : std::string_view();
}

std::vector<std::string_view> SymbolsOf(std::string_view elf,
                                        const std::vector<Section>& sections) {
  std::vector<std::string_view> names;
  for (const auto& [name, head] : sections) {
    if (head.sh_type != SHT_SYMTAB) continue;
    for (size_t i = 0; i < head.sh_size; i += sizeof(Elf64_Sym)) {
      const auto symbol = ReadAt<Elf64_Sym>(elf, head.sh_offset + i);
      names.push_back(
          TextAt(elf, sections.at(head.sh_link).head, symbol.st_name));
    }
  }
  return names;
}

// Calls function(attribute, value) for those of a section that have a size.
template <typename Function>
void ForEachAttribute(std::string_view elf, const Elf64_Shdr& section,
                      const Function& function) {
  const std::string_view all = Part(elf, section.sh_offset, section.sh_size);
  for (size_t place = 0; place < all.size(); place += 4) {
    if (ReadAt<uint8_t>(all, place) != kSizedValue) continue;
    const auto attribute = ReadAt<uint8_t>(all, place + 1);
    const auto bytes = ReadAt<uint16_t>(all, place + 2);
    function(attribute, Part(all, place + 4, bytes));
    place += bytes;
  }
}

void ReadOwnAttributes(std::string_view elf, const Elf64_Shdr& section,
                       KernelCode* kernel) {
  ForEachAttribute(elf, section, [&](uint8_t what, std::string_view value) {
    if (what == kMostThreads) {
      kernel->most_threads = ReadAt<int32_t>(value, 0) *
                             ReadAt<int32_t>(value, 4) *
                             ReadAt<int32_t>(value, 8);
    } else if (what == kParameter) {
      const auto number = ReadAt<uint16_t>(value, 4);
      std::vector<int>& sizes = kernel->parameters_bytes;
      if (sizes.size() <= number) sizes.resize(number + 1);
      sizes[number] = static_cast<int>(ReadAt<uint32_t>(value, 8) >> 18);
    }
  });
}

// What .nv.info says of a symbol.
void ReadSharedAttributes(std::string_view elf, const Elf64_Shdr& section,
                          const std::vector<std::string_view>& symbols,
                          std::map<std::string, KernelCode>* kernels) {
  ForEachAttribute(elf, section, [&](uint8_t what, std::string_view value) {
    if (what != kRegisters && what != kStackOfKernel) return;
    const std::string_view name = symbols.at(ReadAt<uint32_t>(value, 0));
    const auto kernel = kernels->find(std::string(name));
    if (kernel == kernels->end()) return;  // a function for the device
    (what == kRegisters ? kernel->second.registers
                        : kernel->second.local_bytes) =
        ReadAt<int32_t>(value, 4);
  });
}

}  // namespace

std::map<std::string, KernelCode> KernelsOf(const MachineCode& code) {
  const std::vector<Section> sections = SectionsOf(code.elf);
  const std::vector<std::string_view> symbols = SymbolsOf(code.elf, sections);
  const int system_bytes =
      code.architecture >= kFirstWithSystemShared ? kSystemSharedBytes : 0;
  std::map<std::string, KernelCode> kernels;
  for (const Section& section : sections) {
    const std::string name(KernelOf(section, kInfo));
    if (name.empty()) continue;
    ReadOwnAttributes(code.elf, section.head, &kernels[name]);
  }
  for (const Section& section : sections) {
    if (section.name == ".nv.info") {
      ReadSharedAttributes(code.elf, section.head, symbols, &kernels);
    }
    const auto kernel = kernels.find(std::string(KernelOf(section, kShared)));
    if (kernel == kernels.end()) continue;
    kernel->second.shared_bytes =
        static_cast<int>(section.head.sh_size) - system_bytes;
  }
  return kernels;
}

}  // namespace cuda_judge
}  // namespace tamp
