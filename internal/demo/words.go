package demo

import "github.com/marelan/telaah/internal/appraisal"

type work struct {
	result, amount, speed, measure string
	target                         int
}

var staffWorks = []work{
	{"Berkas permohonan masyarakat selesai diproses dan diarsipkan", "Jumlah berkas selesai", "Rata-rata waktu penyelesaian berkas", "berkas", 320},
	{"Data layanan bulanan tersaji lengkap dan dapat dipercaya", "Jumlah laporan data", "Keterlambatan laporan setelah akhir bulan", "laporan", 12},
	{"Surat masuk dan keluar tercatat dan terdisposisi", "Jumlah surat tercatat", "Rata-rata waktu disposisi", "surat", 240},
	{"Pengaduan masyarakat ditanggapi sampai tuntas", "Pengaduan yang tuntas", "Rata-rata waktu tanggapan pertama", "pengaduan", 40},
}

var leaderWorks = []work{
	{"Layanan bidang terlaksana sesuai standar pelayanan", "Layanan yang memenuhi standar", "Rata-rata waktu penyelesaian layanan", "persen", 85},
	{"Anggaran bidang terserap sesuai rencana", "Serapan anggaran", "Keterlambatan pertanggungjawaban", "persen", 80},
	{"Pembinaan pegawai terlaksana melalui dialog kinerja berkala", "Dialog kinerja", "Jeda umpan balik setelah laporan", "dialog", 24},
}

var chiefWorks = []work{
	{"Sasaran strategis perangkat daerah tercapai", "Capaian sasaran strategis", "Waktu tindak lanjut arahan pimpinan", "persen", 80},
	{"Akuntabilitas kinerja perangkat daerah meningkat", "Nilai evaluasi akuntabilitas", "Keterlambatan laporan kinerja", "nilai", 70},
	{"Kepuasan masyarakat atas layanan meningkat", "Indeks kepuasan masyarakat", "Waktu tindak lanjut pengaduan", "indeks", 80},
}

var works = map[appraisal.PositionKind][]work{
	appraisal.PositionJPTUtama: chiefWorks, appraisal.PositionJPTMadya: chiefWorks, appraisal.PositionJPTPratama: chiefWorks,
	appraisal.PositionAdministrator: leaderWorks, appraisal.PositionPengawas: leaderWorks,
	appraisal.PositionFungsional: staffWorks, appraisal.PositionPelaksana: staffWorks,
}

var notes = []string{
	"Capaian sesuai rencana bulan berjalan.", "Ada lonjakan permohonan, diselesaikan dengan piket tambahan.",
	"Menunggu kelengkapan dari pemohon.", "Selesai lebih awal dari jadwal.",
}

var achievements = []string{
	"Seluruh hasil kerja utama tercapai; waktu layanan lebih cepat daripada periode lalu.",
	"Target jumlah tercapai, dan alur kerja disederhanakan dari lima langkah menjadi tiga.",
	"Sebagian besar target tercapai; dua laporan terlambat karena perubahan format data.",
}

var obstacles = []string{"Gangguan jaringan pada dua minggu pertama.", "", "Kekurangan satu petugas loket selama satu bulan."}

var developments = []string{
	"Mengikuti pelatihan pelayanan publik secara daring, 8 JP.", "Belajar mandiri analisis data dan membagikannya kepada tim.", "",
}

var comments = []string{
	"Selalu siap membantu dan terbuka pada masukan.", "Teliti, tetapi kadang lambat memberi kabar.", "", "Cepat tanggap terhadap pengaduan warga.",
}

var cells = []struct {
	work, behaviour appraisal.Expectation
	comment         string
}{
	{appraisal.ExpectationMeets, appraisal.ExpectationMeets, "Hasil kerja dan perilaku sesuai harapan."},
	{appraisal.ExpectationMeets, appraisal.ExpectationAbove, "Menjadi teladan dalam melayani."},
	{appraisal.ExpectationAbove, appraisal.ExpectationAbove, "Melampaui target dan membimbing rekan."},
	{appraisal.ExpectationMeets, appraisal.ExpectationMeets, "Target tercapai tepat waktu."},
	{appraisal.ExpectationAbove, appraisal.ExpectationMeets, "Capaian jauh di atas target jumlah."},
	{appraisal.ExpectationBelow, appraisal.ExpectationMeets, "Sebagian target belum tercapai; perlu pendampingan."},
	{appraisal.ExpectationMeets, appraisal.ExpectationMeets, "Kinerja stabil sepanjang periode."},
}
