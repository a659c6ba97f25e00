/**
 * @module Stands between a program and the C library (LD_PRELOAD): writes down every change that it makes below one
 * directory, in the order in which all traced processes make them; lets a call fail; kills the process at the k-th one.
 *
 * CLEW_SHIM_ROOT   absolute path; calls on files elsewhere pass untouched
 * CLEW_SHIM_LOG    file that the records are appended to; without it nothing is written down
 * CLEW_SHIM_KILL   k: SIGKILL just before the k-th change
 * CLEW_SHIM_FAULT  path of a file with lines `CALL ERROR PART [FROM]`: while it exists, a change of that kind whose path
 *                  holds PART fails, from the FROM-th on. CALL: open write sync unlink rename truncate mkdir, or any.
 *
 * A record: struct record, path, second path, data. test/reliability/call-log.ts reads it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC, UNLINK, RENAME, MKDIR, SYNC_ALL };

static const char *const names[] = {"", "open", "write", "truncate", "sync", "unlink", "rename", "mkdir", "sync"};

struct record {
  uint32_t type, pid;
  uint64_t inode, offset;
  uint32_t path_length, second_length;
  uint64_t data_length;
};

static char root[PATH_MAX];
static size_t root_length;
static const char *fault_file;
static int log_file = -1;
static long kill_at, changes;
static long fault_calls[16];
static pthread_mutex_t in_process = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))next(#name))
static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static void after_fork(void) { pthread_mutex_init(&in_process, NULL); }

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("CLEW_SHIM_ROOT"), *log = getenv("CLEW_SHIM_LOG"), *at = getenv("CLEW_SHIM_KILL");
  if (directory == NULL || realpath(directory, root) == NULL) return;
  root_length = strlen(root);
  fault_file = getenv("CLEW_SHIM_FAULT");
  kill_at = at == NULL ? 0 : atol(at);
  if (log != NULL) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    log_file = fcntl(file, F_DUPFD_CLOEXEC, 900);
    syscall(SYS_close, file);
  }
  pthread_atfork(NULL, NULL, after_fork);
}

/** Whether a path is watched; makes it absolute. */
static int watched(int directory, const char *path, char *whole) {
  if (root_length == 0 || path == NULL) return 0;
  if (path[0] == '/') {
    if (strlen(path) >= PATH_MAX) return 0;
    strcpy(whole, path);
  } else {
    char link[64];
    snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, whole, PATH_MAX - 1);
    if (length < 0 || (size_t)length + strlen(path) + 2 > PATH_MAX) return 0;
    sprintf(whole + length, "/%s", path);
  }
  return strncmp(whole, root, root_length) == 0 && whole[root_length] == '/';
}

static int watched_file(int file, char *whole) {
  if (root_length == 0) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, whole, PATH_MAX - 1);
  if (length < 0) return 0;
  whole[length] = 0;
  return strncmp(whole, root, root_length) == 0 && (whole[root_length] == '/' || whole[root_length] == 0);
}

/** One at a time among all processes, so that the log's order is the order of the calls. */
static void lock(void) {
  pthread_mutex_lock(&in_process);
  if (log_file < 0) return;
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  while (fcntl(log_file, F_SETLKW, &whole) < 0 && errno == EINTR) continue;
}

static void unlock(void) {
  int saved = errno;
  struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
  if (log_file >= 0) fcntl(log_file, F_SETLK, &whole);
  pthread_mutex_unlock(&in_process);
  errno = saved;
}

static int error_number(const char *name) {
  if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (strcmp(name, "EROFS") == 0) return EROFS;
  if (strcmp(name, "EACCES") == 0) return EACCES;
  return EIO;
}

/** Before a change: the error that it is to fail with, 0 for none. Holds the lock. */
static int before(int type, const char *path) {
  if (kill_at > 0 && ++changes == kill_at) kill(getpid(), SIGKILL);
  if (fault_file == NULL) return 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, fault_file, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[2048];
  ssize_t length = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  text[length > 0 ? length : 0] = 0;
  int line = 0;
  for (char *rest, *at = strtok_r(text, "\n", &rest); at != NULL; at = strtok_r(NULL, "\n", &rest), line++) {
    char call[16], error[16], part[256];
    long from = 1;
    if (line >= 16 || sscanf(at, "%15s %15s %255s %ld", call, error, part, &from) < 3) continue;
    if (strcmp(call, "any") != 0 && strcmp(call, names[type]) != 0) continue;
    if (strstr(path, part) != NULL && ++fault_calls[line] >= from) return error_number(error);
  }
  return 0;
}

static void note(int type, int file, uint64_t inode, uint64_t offset, const char *path, const char *second,
                 const void *data, size_t length) {
  int saved = errno;
  struct stat stat;
  if (log_file >= 0) {
    if (inode == 0 && (file >= 0 ? fstat(file, &stat) : lstat(second != NULL ? second : path, &stat)) == 0)
      inode = stat.st_ino;
    struct record head = {type,   (uint32_t)getpid(),    inode,
                          offset, (uint32_t)strlen(path), second == NULL ? 0 : (uint32_t)strlen(second),
                          length};
    struct iovec parts[] = {{&head, sizeof head},
                            {(void *)path, head.path_length},
                            {(void *)second, head.second_length},
                            {(void *)data, length}};
    syscall(SYS_writev, log_file, parts, 4);
  }
  errno = saved;
}

#define REFUSE(type, path)            \
  int error = before(type, path);     \
  if (error != 0) {                   \
    unlock();                         \
    errno = error;                    \
    return -1;                        \
  }

static int opened(int directory, const char *given, int flags, mode_t mode) {
  char path[PATH_MAX];
  int changes_something = (flags & (O_CREAT | O_TRUNC)) != 0 && watched(directory, given, path);
  if (!changes_something) return NEXT(openat)(directory, given, flags, mode);
  lock();
  REFUSE(OPEN, path)
  int file = NEXT(openat)(directory, given, flags, mode);
  if (file >= 0) {
    note(OPEN, file, 0, 0, path, NULL, NULL, 0);
    if (flags & O_TRUNC) note(TRUNCATE, file, 0, 0, path, NULL, NULL, 0);
  }
  unlock();
  return file;
}

#define MODE(flags)                             \
  mode_t mode = 0;                              \
  if ((flags) & (O_CREAT | O_TMPFILE)) {        \
    va_list rest;                               \
    va_start(rest, flags);                      \
    mode = va_arg(rest, mode_t);                \
    va_end(rest);                               \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags)
  return opened(AT_FDCWD, path, flags, mode);
}
int openat64(int directory, const char *path, int flags, ...) {
  MODE(flags)
  return opened(directory, path, flags, mode);
}

static ssize_t wrote(int file, const struct iovec *parts, int count, off_t at) {
  char path[PATH_MAX];
  if (!watched_file(file, path))
    return at < 0 ? NEXT(writev)(file, parts, count) : NEXT(pwritev)(file, parts, count, at);
  lock();
  REFUSE(WRITE, path)
  ssize_t length = at < 0 ? NEXT(writev)(file, parts, count) : NEXT(pwritev)(file, parts, count, at);
  if (length > 0 && log_file >= 0) {
    char *all = malloc((size_t)length);
    size_t done = 0;
    for (int i = 0; i < count && done < (size_t)length; i++) {
      size_t some = parts[i].iov_len < (size_t)length - done ? parts[i].iov_len : (size_t)length - done;
      memcpy(all + done, parts[i].iov_base, some);
      done += some;
    }
    off_t offset = at >= 0 ? at : lseek(file, 0, SEEK_CUR) - length;
    note(WRITE, file, 0, (uint64_t)offset, path, NULL, all, (size_t)length);
    free(all);
  }
  unlock();
  return length;
}

ssize_t write(int file, const void *data, size_t length) {
  return root_length == 0 ? NEXT(write)(file, data, length)
                          : wrote(file, &(struct iovec){(void *)data, length}, 1, -1);
}
ssize_t pwrite(int file, const void *data, size_t length, off_t at) {
  return wrote(file, &(struct iovec){(void *)data, length}, 1, at);
}
ssize_t pwrite64(int file, const void *data, size_t length, off_t at) { return pwrite(file, data, length, at); }

static int synced(int file, int (*call)(int)) {
  char path[PATH_MAX];
  if (!watched_file(file, path)) return call(file);
  lock();
  REFUSE(SYNC, path)
  int result = call(file);
  if (result == 0) note(SYNC, file, 0, 0, path, NULL, NULL, 0);
  unlock();
  return result;
}
int fsync(int file) { return synced(file, NEXT(fsync)); }
int fdatasync(int file) { return synced(file, NEXT(fdatasync)); }

void sync(void) {
  lock();
  NEXT(sync)();
  if (root_length > 0) note(SYNC_ALL, -1, 0, 0, root, NULL, NULL, 0);
  unlock();
}

int ftruncate(int file, off_t length) {
  char path[PATH_MAX];
  if (!watched_file(file, path)) return NEXT(ftruncate)(file, length);
  lock();
  REFUSE(TRUNCATE, path)
  int result = NEXT(ftruncate)(file, length);
  if (result == 0) note(TRUNCATE, file, 0, (uint64_t)length, path, NULL, NULL, 0);
  unlock();
  return result;
}
int ftruncate64(int file, off_t length) { return ftruncate(file, length); }

static int unlinked(int directory, const char *given, int flags) {
  char path[PATH_MAX];
  if (!watched(directory, given, path)) return NEXT(unlinkat)(directory, given, flags);
  lock();
  REFUSE(UNLINK, path)
  struct stat stat;
  uint64_t inode = lstat(path, &stat) == 0 ? stat.st_ino : 0;
  int result = NEXT(unlinkat)(directory, given, flags);
  if (result == 0) note(UNLINK, -1, inode, 0, path, NULL, NULL, 0);
  unlock();
  return result;
}
int unlink(const char *path) { return unlinked(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinked(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int result = unlinked(AT_FDCWD, path, 0);
  return result < 0 && errno == EISDIR ? unlinked(AT_FDCWD, path, AT_REMOVEDIR) : result;
}

int rename(const char *from, const char *to) {
  char path[PATH_MAX], second[PATH_MAX];
  if (!watched(AT_FDCWD, from, path) || !watched(AT_FDCWD, to, second)) return NEXT(rename)(from, to);
  lock();
  REFUSE(RENAME, path)
  int result = NEXT(rename)(from, to);
  if (result == 0) note(RENAME, -1, 0, 0, path, second, NULL, 0);
  unlock();
  return result;
}

int mkdir(const char *given, mode_t mode) {
  char path[PATH_MAX];
  if (!watched(AT_FDCWD, given, path)) return NEXT(mkdir)(given, mode);
  lock();
  REFUSE(MKDIR, path)
  int result = NEXT(mkdir)(given, mode);
  if (result == 0) note(MKDIR, -1, 0, 0, path, NULL, NULL, 0);
  unlock();
  return result;
}
