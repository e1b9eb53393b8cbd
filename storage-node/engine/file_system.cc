#include "storage-node/engine/file_system.h"

#include "common/base/status_macros.h"

namespace trebol {

absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, FileSystem::Mode::kRead));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  std::string content(size, '\0');
  ASSIGN_OR_RETURN(const size_t got, file->Read(0, content.data(), content.size()));
  content.resize(got);
  return content;
}

absl::Status ReplaceFile(FileSystem& files, const std::string& directory, const std::string& name,
                         const std::string& content) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + ".new";
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(temporary, FileSystem::Mode::kCreate));
  RETURN_IF_ERROR(file->Write(0, content.data(), content.size()));
  RETURN_IF_ERROR(file->Sync());
  file.reset();
  RETURN_IF_ERROR(files.Rename(temporary, path));
  return files.SyncDirectory(directory);
}

}  // namespace trebol
