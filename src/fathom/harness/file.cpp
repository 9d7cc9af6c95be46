// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/file.hpp"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMaxDecompressed = std::size_t{4} << 30;

struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

Error io_error(const char* what, const std::filesystem::path& path) {
    const int code = errno;
    return Error(code == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                 std::string(what) + " " + path.string() + ": " + std::strerror(code));
}

Result<Bytes> read_plain(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return std::unexpected(Error(ErrorCode::InvalidInput, path.string() + " is a folder"));
    }
    const File file(std::fopen(path.c_str(), "rb"));
    if (!file) return std::unexpected(io_error("cannot open", path));
    Bytes bytes;
    std::uint8_t chunk[1 << 16];
    while (const std::size_t count = std::fread(chunk, 1, sizeof chunk, file.get())) {
        bytes.insert(bytes.end(), chunk, chunk + count);
    }
    if (std::ferror(file.get())) return std::unexpected(io_error("cannot read", path));
    return bytes;
}

Result<Bytes> decompress_zstd(ByteView compressed, const std::filesystem::path& path) {
    const auto fail = [&](const std::string& why) {
        return std::unexpected(Error(ErrorCode::InvalidInput, path.string() + ": " + why));
    };
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                       ZSTD_freeDCtx);
    if (!context) return fail("no memory for decompression");
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
    Bytes out;
    Bytes chunk(ZSTD_DStreamOutSize());
    ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
    std::size_t pending = 0;
    while (in.pos < in.size || pending != 0) {
        ZSTD_outBuffer piece{chunk.data(), chunk.size(), 0};
        const std::size_t before = in.pos;
        pending = ZSTD_decompressStream(context.get(), &piece, &in);
        if (ZSTD_isError(pending)) return fail(std::string("zstd: ") + ZSTD_getErrorName(pending));
        out.insert(out.end(), chunk.begin(),
                   chunk.begin() + static_cast<std::ptrdiff_t>(piece.pos));
        if (out.size() > kMaxDecompressed) return fail("more than 4 GiB when decompressed");
        if (piece.pos == 0 && in.pos == before) {
            if (pending != 0) return fail("zstd: the file is truncated");
            break;
        }
    }
    return out;
}

/// One gzip member, as the format's writers make them.
Result<Bytes> decompress_gzip(ByteView compressed, const std::filesystem::path& path) {
    const auto fail = [&](const char* why) {
        return std::unexpected(Error(ErrorCode::InvalidInput, path.string() + ": gzip: " + why));
    };
    if (compressed.size() > std::numeric_limits<uInt>::max()) return fail("more than 4 GiB");
    z_stream stream{};
    constexpr int kGzip = 16 + MAX_WBITS;
    if (inflateInit2(&stream, kGzip) != Z_OK) return fail("no memory");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, inflateEnd);
    stream.next_in = const_cast<Bytef*>(compressed.data()); // zlib does not write there
    stream.avail_in = static_cast<uInt>(compressed.size());
    Bytes out;
    Bytes chunk(std::size_t{1} << 18);
    for (;;) {
        stream.next_out = chunk.data();
        stream.avail_out = static_cast<uInt>(chunk.size());
        const int status = inflate(&stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END) return fail("damaged or truncated");
        const std::size_t made = chunk.size() - stream.avail_out;
        out.insert(out.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(made));
        if (out.size() > kMaxDecompressed) return fail("more than 4 GiB when decompressed");
        if (status == Z_STREAM_END) return out;
    }
}

} // namespace

Result<Bytes> read_file(const std::filesystem::path& path) {
    Bytes bytes = FATHOM_TRY(read_plain(path));
    if (path.extension() == ".zst") return decompress_zstd(bytes, path);
    if (path.extension() == ".gz") return decompress_gzip(bytes, path);
    return bytes;
}

Result<void> write_file(const std::filesystem::path& path, ByteView bytes) {
    const std::filesystem::path temporary = path.string() + ".tmp";
    {
        const File file(std::fopen(temporary.c_str(), "wb"));
        if (!file) return std::unexpected(io_error("cannot create", temporary));
        if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() ||
            std::fflush(file.get()) != 0) {
            return std::unexpected(io_error("cannot write", temporary));
        }
    }
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error) {
        return std::unexpected(
            Error(ErrorCode::Io, "cannot rename to " + path.string() + ": " + error.message()));
    }
    return {};
}

} // namespace fathom::harness
