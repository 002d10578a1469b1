// Checks WASI from a C program's side: through wasi-libc, as any program would. Each check names itself; the first
// that fails says where, and the exit code is 1. Directories: "." read-write, "/ro" read-only.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *check_name = "start";

#define CHECK(condition)                                                                            \
    do {                                                                                            \
        if (!(condition)) {                                                                         \
            printf("FAILED %s: %s (line %d, errno %d %s)\n", check_name, #condition, __LINE__,      \
                   errno, strerror(errno));                                                         \
            exit(1);                                                                                \
        }                                                                                           \
    } while (0)

#define FAILS_WITH(call, code)                                                                      \
    do {                                                                                            \
        errno = 0;                                                                                  \
        CHECK((call) == -1);                                                                        \
        CHECK(errno == (code));                                                                     \
    } while (0)

static void begin(const char *name) {
    check_name = name;
    printf("%s\n", name);
}

static void check_files(void) {
    begin("files");
    int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0666);
    CHECK(fd > 2);
    CHECK(write(fd, "hello world", 11) == 11);
    CHECK(lseek(fd, 0, SEEK_CUR) == 11);
    CHECK(lseek(fd, -5, SEEK_END) == 6);
    char buffer[32] = {0};
    CHECK(read(fd, buffer, sizeof buffer) == 5 && strcmp(buffer, "world") == 0);
    CHECK(read(fd, buffer, sizeof buffer) == 0);
    FAILS_WITH(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK(pwrite(fd, "J", 1, 0) == 1);
    CHECK(pread(fd, buffer, 5, 0) == 5 && memcmp(buffer, "Jello", 5) == 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 11);
    struct iovec parts[3] = {{"a", 1}, {"", 0}, {"bc", 2}};
    CHECK(writev(fd, parts, 3) == 3);
    struct stat status;
    CHECK(fstat(fd, &status) == 0 && status.st_size == 14 && S_ISREG(status.st_mode));
    CHECK(ftruncate(fd, 5000000000LL) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 5000000000LL);
    CHECK(pwrite(fd, "z", 1, 4999999999LL) == 1);
    CHECK(lseek(fd, 0, SEEK_END) == 5000000000LL);
    CHECK(ftruncate(fd, 3) == 0);
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    CHECK(posix_fallocate(fd, 0, 100) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 100);
    struct timespec times[2] = {{1000, 5}, {2000, 7}};
    CHECK(futimens(fd, times) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 7);
    CHECK(close(fd) == 0);
    FAILS_WITH(close(fd), EBADF);
    FAILS_WITH(read(fd, buffer, 1), EBADF);
    fd = open("f", O_WRONLY | O_APPEND);
    CHECK(fd > 2);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(write(fd, "end", 3) == 3);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 103);
    CHECK((fcntl(fd, F_GETFL) & O_APPEND) != 0);
    CHECK(fcntl(fd, F_SETFL, 0) == 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "start", 5) == 5);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 103);
    FAILS_WITH(read(fd, buffer, 1), EBADF);
    CHECK(close(fd) == 0);
    FAILS_WITH(open("f", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
    FAILS_WITH(open("missing", O_RDONLY), ENOENT);
    FAILS_WITH(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK(unlink("f") == 0);
}

static void check_directories(void) {
    begin("directories");
    CHECK(mkdir("d", 0777) == 0);
    FAILS_WITH(mkdir("d", 0777), EEXIST);
    char name[32];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/entry-%d", i);
        int fd = open(name, O_WRONLY | O_CREAT, 0666);
        CHECK(fd > 2 && close(fd) == 0);
    }
    DIR *directory = opendir("d");
    CHECK(directory != NULL);
    int seen = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strncmp(entry->d_name, "entry-", 6) == 0) {
            CHECK(entry->d_type == DT_REG && entry->d_ino != 0);
            seen++;
        }
    }
    CHECK(seen == 300);
    rewinddir(directory);
    seen = 0;
    while (readdir(directory) != NULL)
        seen++;
    CHECK(seen == 302);
    CHECK(closedir(directory) == 0);
    FAILS_WITH(rmdir("d"), ENOTEMPTY);
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/entry-%d", i);
        CHECK(unlink(name) == 0);
    }
    FAILS_WITH(unlink("d"), EISDIR);
    CHECK(rmdir("d") == 0);
}

static void check_links(void) {
    begin("links");
    FILE *file = fopen("target", "w");
    CHECK(file != NULL && fputs("linked", file) >= 0 && fclose(file) == 0);
    CHECK(symlink("target", "link") == 0);
    CHECK(link("target", "hard") == 0);
    char buffer[64] = {0};
    CHECK(readlink("link", buffer, sizeof buffer) == 6 && strcmp(buffer, "target") == 0);
    struct stat status;
    CHECK(lstat("link", &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(stat("link", &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 2 && status.st_size == 6);
    CHECK(rename("hard", "harder") == 0);
    CHECK(access("harder", F_OK) == 0);
    FAILS_WITH(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK(symlink("../secret", "escape") == 0);
    FAILS_WITH(open("escape", O_RDONLY), ENOTCAPABLE);
    FAILS_WITH(open("../secret", O_RDONLY), ENOTCAPABLE);
    FAILS_WITH(open("/etc/passwd", O_RDONLY), ENOENT); // wasi-libc knows no folder that holds it
    CHECK(unlink("escape") == 0 && unlink("link") == 0 && unlink("harder") == 0 && unlink("target") == 0);
}

static void check_read_only(void) {
    begin("read-only folder");
    char buffer[64] = {0};
    int fd = open("/ro/data", O_RDONLY);
    CHECK(fd > 2 && read(fd, buffer, sizeof buffer) == 4 && memcmp(buffer, "data", 4) == 0);
    CHECK(close(fd) == 0);
    FAILS_WITH(open("/ro/new", O_WRONLY | O_CREAT, 0666), ENOTCAPABLE);
    FAILS_WITH(open("/ro/data", O_RDWR | O_TRUNC), ENOTCAPABLE);
    FAILS_WITH(mkdir("/ro/d", 0777), ENOTCAPABLE);
    FAILS_WITH(unlink("/ro/data"), ENOTCAPABLE);
    FAILS_WITH(rename("/ro/data", "/ro/other"), ENOTCAPABLE);
    FAILS_WITH(link("/ro/data", "stolen"), ENOTCAPABLE);
    FAILS_WITH(symlink("x", "/ro/link"), ENOTCAPABLE);
}

static void check_time(void) {
    begin("time");
    struct timespec before, after, pause = {0, 20000000};
    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    CHECK(nanosleep(&pause, NULL) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
    long long elapsed = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    CHECK(elapsed >= 20000000);
    CHECK(time(NULL) > 1700000000);
    CHECK(clock_getres(CLOCK_REALTIME, &before) == 0 && (before.tv_nsec > 0 || before.tv_sec > 0));
    struct pollfd output = {1, POLLOUT, 0};
    CHECK(poll(&output, 1, 1000) == 1 && (output.revents & POLLOUT) != 0);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IONBF, 0);
    CHECK(argc == 3 && strcmp(argv[1], "one") == 0 && strcmp(argv[2], "zw\xc3\xb6lf") == 0);
    CHECK(getenv("NAME") != NULL && strcmp(getenv("NAME"), "value=1") == 0 && getenv("HOME") == NULL);
    unsigned char random[256] = {0};
    CHECK(getentropy(random, sizeof random) == 0);
    int different = 0;
    for (int i = 1; i < 256; i++)
        different += random[i] != random[0];
    CHECK(different > 100);
    check_files();
    check_directories();
    check_links();
    check_read_only();
    check_time();
    char line[64] = {0};
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    fprintf(stderr, "read: %s", line);
    CHECK(fgets(line, sizeof line, stdin) == NULL && feof(stdin));
    printf("done\n");
    return 42;
}
