/* A disk that is full for a while, for one process: loaded with LD_PRELOAD.
 *
 * Calls that need room on the disk are counted, for files below one folder. From the one
 * numbered `first` on, `times` calls fail with ENOSPC; before the first of them a write still
 * takes half of its bytes, as on a real disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[PATH_MAX];
static atomic_long seen, first, times, half;

void no_space_arm(const char *below, long from, long count) {
    atomic_store(&seen, 0);
    atomic_store(&first, from);
    atomic_store(&times, count);
    atomic_store(&half, 1);
    snprintf(folder, sizeof folder, "%s/", below);
}

long no_space_seen(void) { return atomic_load(&seen); }

static int below(const char *path) {
    return folder[0] && !strncmp(path, folder, strlen(folder));
}

static int descriptor_below(int fd) {
    char link[40], path[PATH_MAX];
    struct stat about;
    if (!folder[0] || fstat(fd, &about) || !S_ISREG(about.st_mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

static int is_below(int at, const char *path) {
    char whole[2 * PATH_MAX + 2], link[40], start[PATH_MAX];
    if (!folder[0]) return 0;
    if (path[0] == '/') return below(path);
    if (at == AT_FDCWD) {
        if (!getcwd(start, sizeof start)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, start, sizeof start - 1);
        if (length < 0) return 0;
        start[length] = 0;
    }
    snprintf(whole, sizeof whole, "%s/%s", start, path);
    return below(whole);
}

/* Whether this call fails: 1; or, a write, takes half: 2. */
static int verdict(int is_write) {
    long number = atomic_fetch_add(&seen, 1) + 1, from = atomic_load(&first);
    if (!from || number < from) return 0;
    if (is_write && atomic_exchange(&half, 0)) return 2;
    atomic_store(&half, 0);
    return atomic_fetch_sub(&times, 1) > 0;
}

/* Whether the file has these bytes already: to write over them takes no room. */
static int has(int fd, off64_t at, size_t size) {
    struct stat about;
    return !fstat(fd, &about) && at + (off64_t)size <= about.st_size &&
           (off64_t)about.st_blocks * 512 >= about.st_size;
}
static off64_t place(int fd) {
    return fcntl(fd, F_GETFL) & O_APPEND ? (off64_t)LONG_MAX / 2 : lseek64(fd, 0, SEEK_CUR);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);
#define REFUSE do { errno = ENOSPC; return -1; } while (0)
#define SOME(size, at) \
    int said = descriptor_below(fd) && !has(fd, at, size) ? verdict((size) > 1) : 0; \
    if (said == 1) REFUSE; \
    if (said == 2) size = (size) / 2;

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(write) SOME(size, place(fd)) return real(fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    REAL(pwrite) SOME(size, at) return real(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    REAL(pwrite64) SOME(size, at) return real(fd, bytes, size, at);
}
#define ROOM if (descriptor_below(fd) && verdict(0)) REFUSE;
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev) ROOM return real(fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    REAL(pwritev) ROOM return real(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
    REAL(pwritev64) ROOM return real(fd, parts, count, at);
}
static int grows(int fd, off64_t size) {
    struct stat about;
    return !fstat(fd, &about) && size > about.st_size;
}
int ftruncate(int fd, off_t size) {
    REAL(ftruncate) if (grows(fd, size)) ROOM return real(fd, size);
}
int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64) if (grows(fd, size)) ROOM return real(fd, size);
}
int fallocate(int fd, int mode, off_t at, off_t size) {
    REAL(fallocate) ROOM return real(fd, mode, at, size);
}
int fallocate64(int fd, int mode, off64_t at, off64_t size) {
    REAL(fallocate64) ROOM return real(fd, mode, at, size);
}
int posix_fallocate(int fd, off_t at, off_t size) {
    REAL(posix_fallocate) if (descriptor_below(fd) && verdict(0)) return ENOSPC;
    return real(fd, at, size);
}
int posix_fallocate64(int fd, off64_t at, off64_t size) {
    REAL(posix_fallocate64) if (descriptor_below(fd) && verdict(0)) return ENOSPC;
    return real(fd, at, size);
}

static int makes(int at, const char *path, int flags) {
    return (flags & O_CREAT) && is_below(at, path) && faccessat(at, path, F_OK, 0) && verdict(0);
}
#define OPENED(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name) \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (makes(AT_FDCWD, path, flags)) REFUSE; \
        return real(path, flags, mode); \
    }
#define OPENED_AT(name) \
    int name(int at, const char *path, int flags, ...) { \
        REAL(name) \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (makes(at, path, flags)) REFUSE; \
        return real(at, path, flags, mode); \
    }
OPENED(open)
OPENED(open64)
OPENED_AT(openat)
OPENED_AT(openat64)

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir)
    if (is_below(AT_FDCWD, path) && faccessat(AT_FDCWD, path, F_OK, 0) && verdict(0)) REFUSE;
    return real(path, mode);
}
int mkdirat(int at, const char *path, mode_t mode) {
    REAL(mkdirat)
    if (is_below(at, path) && faccessat(at, path, F_OK, 0) && verdict(0)) REFUSE;
    return real(at, path, mode);
}
int rename(const char *from, const char *to) {
    REAL(rename) if (is_below(AT_FDCWD, to) && verdict(0)) REFUSE;
    return real(from, to);
}
